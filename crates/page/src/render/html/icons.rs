//! Own drawings: a mark for each maker of models, an icon for each state. Nobody's trademark.

use crate::render::view::State;

/// The marks, 16 by 16, drawn in the colour of the text.
macro_rules! mark {
    ($path:literal) => {
        concat!(
            "<svg class=\"tt-mark\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"",
            $path,
            "\"></path></svg>"
        )
    };
}

/// Makers with a drawing of their own. Others get the ring.
const MARKS: [(&str, &str); 12] = [
    ("Anthropic", mark!("M8 1l6 3.5v7L8 15l-6-3.5v-7zM8 5v6")),
    ("Amazon", mark!("M2 5h12M2 11h12M5 2v12M11 2v12")),
    ("Meta", mark!("M2 6h8v8H2zM6 2h8v8")),
    ("Cohere", mark!("M8 2l6.5 12h-13zM8 8v3")),
    ("AI21 Labs", mark!("M8 1l7 7-7 7-7-7zM8 5l3 3-3 3-3-3z")),
    ("Stability AI", mark!("M2 13h12M2 9.5h9M2 6h12M2 2.5h6")),
    ("Mistral AI", mark!("M2.5 14V9M6 14V5M9.5 14V7M13.5 14V2")),
    ("DeepSeek", mark!("M2 8c3-6 9-6 12 0-3 6-9 6-12 0zM8 7v2")),
    ("OpenAI", mark!("M3 3h10v10H3zM3 3l10 10")),
    ("Qwen", mark!("M8 2v12M2 8h12M4 4l8 8M12 4l-8 8")),
    ("Google", mark!("M2 8a6 6 0 0 1 12 0zM2 11h12")),
    ("Writer", mark!("M3 14L13 4l-1-2-2-1L2 11l1 3M8 4l4 4")),
];

/// The mark of everybody else.
const RING: &str = mark!("M8 2a6 6 0 1 0 .01 0zM8 7a1 1 0 1 0 .01 0z");

/// The mark of a model's maker.
pub(super) fn mark(provider: Option<&str>) -> &'static str {
    let first_word = |name: &str| name.split(' ').next().map(str::to_ascii_lowercase);
    provider
        .and_then(|provider| MARKS.iter().find(|(name, _)| first_word(name) == first_word(provider)))
        .map_or(RING, |(_, svg)| svg)
}

macro_rules! icon {
    ($path:literal) => {
        concat!(
            "<svg class=\"tt-icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"",
            $path,
            "\"></path></svg>"
        )
    };
}

/// A retired model: a setting sun.
pub(super) const RETIRED: &str = icon!("M1 12h14M4 12a4 4 0 0 1 8 0M8 2v3M2.5 5.5l2 2M13.5 5.5l-2 2");
/// A tool: a wrench's opening.
pub(super) const TOOL: &str =
    icon!("M10 2a4 4 0 0 0-3.500 5.500L2 12l2 2 4.500-4.500A4 4 0 0 0 14 6l-2.500 1.500L9 5z");

/// The icon of a state: a tick, an arrow into a tray, a screen, a dashed ring, a clock, an empty frame, a warning.
pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Recorded => icon!("M3 8.500l3.500 3.500L13 4.500"),
        State::Imported => icon!("M8 2v7M5 6.500l3 3 3-3M2.500 11v2.500h11V11"),
        State::Local => icon!("M2.500 3h11v7.500h-11zM8 10.500V13M5 13h6"),
        State::Practice => icon!(
            "M8 2a6 6 0 0 1 5.600 3.900M14 8.500a6 6 0 0 1-4 5.200M7.500 14a6 6 0 0 1-5.200-4M2.100 7a6 6 0 0 1 3.400-4.500M6 8h4"
        ),
        State::Pending => icon!("M8 2a6 6 0 1 0 .01 0zM8 4.500V8l2.500 2"),
        State::Missing => icon!("M3 5V3h2M11 3h2v2M13 11v2h-2M5 13H3v-2M6 8h4"),
        State::Error => icon!("M8 2l6.500 12h-13zM8 6.500v3.500M8 12v.2"),
    }
}
