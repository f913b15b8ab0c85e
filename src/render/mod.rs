//! What a reader sees: panels, tables and plots, as one line of HTML or as plain Markdown.
