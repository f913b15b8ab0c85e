//! What a reader sees: panels, tables and plots, as one line of HTML or as plain Markdown.
//!
//! In come [`view`]s, plain data that the road fills; out comes text for the chapter. No I/O, no
//! clock, no randomness: equal views give equal bytes.
//!
//! - [`Form::Html`] writes one line of raw HTML that starts with `<!--tutor-->` and whose root has
//!   the class `tutor`. Every text from outside is escaped, `{` too; there is no script, no link,
//!   no heading and no id, and nothing but recorded images is loaded.
//! - [`Form::Markdown`] writes plain fences and tables for every other renderer, without HTML.
//!
//! - [`terminal`] writes plain text of at most 80 columns, [`json`] values for programs, and [`page`] a
//!   document of its own: for verbs that compare models outside of a book.
//!
//! What both forms say in the same words stands in `words`; what no text may hold, in `visible`;
//! how much of one a page shows, in `shorten`; what of a program's output, in `printed`; which calls
//! of a comparison are best, in `ranks`.

pub mod commands;
pub mod figure;
mod followed;
mod html;
pub mod json;
mod markdown;
mod preview;
mod printed;
mod ranks;
mod shorten;
mod stop_reason;
pub mod terminal;
pub mod view;
pub mod visible;
mod words;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use view::{
    ChallengeView, ChecksView, CompareView, FactsLine, FollowersView, ModelsView, NoticeView, OutputView,
    PageNotice, PanelView, PricesView, ScoreboardView, StepsView, ValueView,
};

/// A part of a page of its own.
#[derive(Debug, Clone, Copy)]
pub enum Block<'a> {
    /// Models by their scores.
    Scoreboard(&'a ScoreboardView),
    /// Checks and what came of them.
    Checks(&'a ChecksView),
}

/// An HTML document that needs nothing from elsewhere.
pub fn page<'a>(title: &str, blocks: impl IntoIterator<Item = Block<'a>>) -> String {
    let blocks = blocks.into_iter().map(|block| match block {
        Block::Scoreboard(view) => html::scoreboard(view),
        Block::Checks(view) => html::checks(view),
    });
    html::document(title, &blocks.collect::<Vec<_>>())
}

/// More panels than this from one fence become one table with the answers folded.
pub const GROUP_ABOVE: usize = 3;

/// How the page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For mdBook's own HTML renderer.
    Html,
    /// For all others.
    Markdown,
}

impl Form {
    /// The form for a renderer of mdBook by its name.
    pub fn of_renderer(name: &str) -> Self {
        if name == "html" { Form::Html } else { Form::Markdown }
    }

    /// The style block, for once in every chapter that holds anything of this room. `None` where
    /// the form needs none.
    pub fn style(self) -> Option<String> {
        match self {
            Form::Html => Some(html::style()),
            Form::Markdown => None,
        }
    }

    /// What stands under one fence: a panel each, or one table above [`GROUP_ABOVE`]. One string
    /// per insertion, so that panels can be spliced as blocks of their own.
    pub fn panels(self, views: &[PanelView]) -> Vec<String> {
        if views.len() > GROUP_ABOVE {
            vec![self.group(views)]
        } else {
            views.iter().map(|view| self.panel(view)).collect()
        }
    }

    /// One panel.
    pub fn panel(self, view: &PanelView) -> String {
        match self {
            Form::Html => html::panel(view),
            Form::Markdown => markdown::panel(view),
        }
    }

    /// What a fence printed and drew when its code ran.
    pub fn output(self, view: &OutputView) -> String {
        match self {
            Form::Html => html::output(view),
            Form::Markdown => markdown::output(view),
        }
    }

    /// Several panels as one table with the answers folded.
    pub fn group(self, views: &[PanelView]) -> String {
        match self {
            Form::Html => html::group(views),
            Form::Markdown => markdown::group(views),
        }
    }

    /// A comparison: table, and for HTML a plot.
    pub fn compare(self, view: &CompareView) -> String {
        match self {
            Form::Html => html::compare(view),
            Form::Markdown => markdown::compare(view),
        }
    }

    /// A table of prices.
    pub fn prices(self, view: &PricesView<'_>) -> String {
        match self {
            Form::Html => html::prices(view),
            Form::Markdown => markdown::prices(view),
        }
    }

    /// Tables of limits, features and lifecycles.
    pub fn models(self, view: &ModelsView<'_>) -> String {
        match self {
            Form::Html => html::models(view),
            Form::Markdown => markdown::models(view),
        }
    }

    /// Who follows whom.
    pub fn followers(self, view: &FollowersView<'_>) -> String {
        match self {
            Form::Html => html::followers(view),
            Form::Markdown => markdown::followers(view),
        }
    }

    /// The steps of a pipeline.
    pub fn steps(self, view: &StepsView) -> String {
        match self {
            Form::Html => html::steps(view),
            Form::Markdown => markdown::steps(view),
        }
    }

    /// A figure for the middle of a sentence.
    pub fn value(self, view: &ValueView) -> String {
        match self {
            Form::Html => html::value(view),
            Form::Markdown => markdown::value(view),
        }
    }

    /// The front matter's line of facts. Empty if there is none.
    pub fn facts_line(self, view: &FactsLine) -> String {
        match self {
            Form::Html => html::facts_line(view),
            Form::Markdown => markdown::facts_line(view),
        }
    }

    /// The legend at the top of a page. Empty if everything on it is an accepted live answer.
    pub fn page_notice(self, view: &PageNotice) -> String {
        match self {
            Form::Html => html::page_notice(view),
            Form::Markdown => markdown::page_notice(view),
        }
    }

    /// A challenge.
    pub fn challenge(self, view: &ChallengeView) -> String {
        match self {
            Form::Html => html::challenge(view),
            Form::Markdown => markdown::challenge(view),
        }
    }

    /// A notice in the place of something that could not be drawn.
    pub fn notice(self, view: &NoticeView) -> String {
        match self {
            Form::Html => html::notice(view),
            Form::Markdown => markdown::notice(view),
        }
    }
}
