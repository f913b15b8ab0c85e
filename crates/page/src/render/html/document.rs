//! A page that stands alone: without mdBook around it, it brings the colours that mdBook's themes have.

use super::style;
use super::writer::Writer;

/// The theme variables that the style sheet mixes its colours from, and the little that a bare page needs.
const THEME: &str = "<style>:root{--bg:#fff;--fg:#1c1c1c;--links:#1f5fbf;--mono-font:ui-monospace,monospace;\
    --blockquote-important-color:#8250df;--blockquote-tip-color:#1a7f37;--blockquote-warning-color:#9a6700;\
    --blockquote-caution-color:#cf222e;--table-border-color:#ddd;color-scheme:light dark}\
    @media (prefers-color-scheme:dark){:root{--bg:#16181d;--fg:#d8dade;--links:#7ab0ff;\
    --blockquote-important-color:#b78bff;--blockquote-tip-color:#4cc26b;--blockquote-warning-color:#d9a531;\
    --blockquote-caution-color:#ff7b72;--table-border-color:#3a3d44}}\
    body{margin:0 auto;max-width:60rem;padding:1.5rem;background:var(--bg);color:var(--fg);\
    font:1rem/1.5 system-ui,sans-serif}table{border-collapse:collapse}th,td{text-align:start;\
    padding:.4em .8em;vertical-align:top}</style>";

/// The document with these blocks, each of which is one line of HTML.
pub(crate) fn document(title: &str, blocks: &[String]) -> String {
    let mut head = Writer::bare();
    head.leaf("title", &[], title);
    let mut heading = Writer::bare();
    heading.leaf("h1", &[], title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n{}\n{THEME}\n{}\n</head>\n<body>\n{}\n{}\n</body>\n\
         </html>\n",
        head.finish(),
        style(),
        heading.finish(),
        blocks.join("\n"),
    )
}
