//! What the room draws, of every kind and in both forms, and that nothing in a text can break out.

mod inert;

use super::Form;
use super::samples::{self, DAY};
use super::view::*;

/// One tag a line, so that a snapshot's difference shows what changed.
fn lines(html: &str) -> String {
    html.replace('<', "\n<").trim_start().to_owned()
}

#[test]
fn every_panel_as_html() {
    for (name, view) in samples::panels() {
        insta::assert_snapshot!(format!("html-{name}"), lines(&Form::Html.panel(&view)));
    }
}

#[test]
fn every_panel_as_markdown() {
    for (name, view) in samples::panels() {
        insta::assert_snapshot!(format!("markdown-{name}"), Form::Markdown.panel(&view));
    }
}

/// Both forms of one thing.
fn both(name: &str, write: impl Fn(Form) -> String) {
    insta::assert_snapshot!(format!("html-{name}"), lines(&write(Form::Html)));
    insta::assert_snapshot!(format!("markdown-{name}"), write(Form::Markdown));
}

#[test]
fn the_other_drawings() {
    let views: Vec<PanelView> = samples::panels().into_iter().take(5).map(|(_, view)| view).collect();
    both("group", |form| form.group(&views));
    both("compare", |form| form.compare(&samples::comparison()));
    both("compare-practice", |form| form.compare(&samples::practice_comparison()));
    both("compare-mixed", |form| form.compare(&samples::mixed_comparison()));
    both("compare-local", |form| form.compare(&samples::local_comparison()));
    let models = samples::models();
    both("prices", |form| form.prices(&PricesView { rows: samples::rows(&models) }));
    both("models", |form| form.models(&ModelsView { rows: samples::rows(&models), today: DAY }));
    let challenge = ChallengeView {
        title: "Choose a model".into(),
        task: "Ask two models with `converse` and print the cheaper one.".into(),
        checks: vec!["two different models are asked".into()],
        command: "tutor run foundation-models".into(),
    };
    both("challenge", |form| form.challenge(&challenge));
    both("output", |form| form.output(&samples::output("4 models\nasked\n")));
    let plain = OutputView { origin: None, acceptance: Acceptance::Accepted, ..samples::output("42\n") };
    both("output-without-calls", |form| form.output(&plain));
    let waiting = OutputView { acceptance: Acceptance::Pending, is_cut: false, images: Vec::new(), ..plain };
    both("output-without-calls-pending", |form| form.output(&waiting));
    let notice = NoticeView {
        message: "`{{#tutor prices nobody}}` names a model that the catalog does not know.".into(),
        command: Some("tutor list".into()),
    };
    both("notice", |form| form.notice(&notice));
    let legend = PageNotice { recorded: 1, practice: 2, pending: 1, missing: 3, ..PageNotice::default() };
    both("legend", |form| form.page_notice(&legend));
    let legend = PageNotice { recorded: 1, imported: 2, local: 1, ..PageNotice::default() };
    both("legend-of-many-origins", |form| form.page_notice(&legend));
    both("legend-all-local", |form| form.page_notice(&PageNotice { local: 4, ..PageNotice::default() }));
    let facts = FactsLine { facts: vec![("time-estimate".into(), "25 minutes".into())] };
    both("facts", |form| form.facts_line(&facts));
}

#[test]
fn more_than_three_panels_become_one_table() {
    let views: Vec<PanelView> = samples::panels().into_iter().take(4).map(|(_, view)| view).collect();
    for form in [Form::Html, Form::Markdown] {
        assert_eq!(form.panels(&views[..3]).len(), 3);
        assert_eq!(form.panels(&views).len(), 1);
        assert!(form.panels(&[]).is_empty());
    }
}

#[test]
fn a_page_of_live_answers_needs_no_legend() {
    let live = PageNotice { recorded: 4, ..PageNotice::default() };
    for form in [Form::Html, Form::Markdown] {
        assert_eq!(form.page_notice(&live), "");
        assert_eq!(form.facts_line(&FactsLine::default()), "");
    }
}

#[test]
fn practice_says_so_and_is_never_ranked() {
    for form in [Form::Html, Form::Markdown] {
        let drawn = form.compare(&samples::practice_comparison());
        assert!(drawn.contains("simulated") && drawn.contains("practice"));
        for word in ["fastest", "slowest", "cheapest", "dearest"] {
            assert!(!drawn.contains(word), "{word}");
        }
        let mixed = form.compare(&samples::comparison());
        assert_eq!(mixed.matches("slowest").count(), 1, "the practice row is slower and must not be marked");
    }
}

#[test]
fn every_origin_but_bedrock_is_named_and_none_is_ranked_against_another() {
    for form in [Form::Html, Form::Markdown] {
        let mixed = form.compare(&samples::mixed_comparison());
        for words in ["SmolLM2-135M-Instruct (F16) by llama.cpp b6912 on a desk", "example/tests: cassettes"]
        {
            assert!(mixed.contains(words), "{words}\n{mixed}");
        }
        for (word, times) in
            [("fastest", 2), ("slowest", 2), ("fastest of the local ones", 1), ("cheapest", 1)]
        {
            assert_eq!(mixed.matches(word).count(), times, "{word}\n{mixed}");
        }
        assert_eq!(mixed.matches("no bill").count(), 3);
        for (name, view) in samples::panels() {
            let drawn = form.panel(&view);
            match name {
                "local" => {
                    for words in ["Local answer: SmolLM2", "not by Nova", "no bill", "could not be passed on"]
                    {
                        assert!(drawn.contains(words), "{words}\n{drawn}");
                    }
                    assert!(!drawn.contains("Live answer"), "{drawn}");
                }
                "imported" => assert!(drawn.contains("from example/tests: cassettes/claude.yaml")),
                _ => assert!(!drawn.contains("Local answer") && !drawn.contains("Imported answer")),
            }
        }
    }
}

#[test]
fn a_panel_weighs_little_besides_its_answer() {
    for (name, mut view) in samples::panels() {
        let PanelBody::Recorded(recorded) = &mut view.body else { continue };
        recorded.outcome = Outcome::Answer(vec![Piece::Text("x".into())]);
        recorded.other_samples.clear();
        let weight = Form::Html.panel(&view).len();
        assert!(weight < 2_000, "{name} weighs {weight} bytes");
    }
}

#[test]
fn images_are_only_loaded_from_the_book() {
    let image = |src: &str| {
        let (_, mut view) =
            samples::panels().into_iter().find(|(name, _)| *name == "image").expect("a sample");
        let PanelBody::Recorded(recorded) = &mut view.body else { panic!("the sample is recorded") };
        recorded.outcome = Outcome::Answer(vec![Piece::Image(ImageView {
            src: src.into(),
            size: None,
            prompt: "p".into(),
        })]);
        Form::Html.panel(&view)
    };
    assert!(image("../recorded/0f.png").contains("<img src=\"../recorded/0f.png\""));
    for src in [
        "https://example.com/a.png",
        "//example.com/a.png",
        "/a.png",
        "data:image/png;base64,",
        "a b.png",
        "",
    ] {
        assert!(!image(src).contains("<img"), "{src}");
    }
}

#[test]
fn equal_views_give_equal_bytes() {
    for (name, view) in samples::panels() {
        assert_eq!(Form::Html.panel(&view), Form::Html.panel(&view.clone()), "{name}");
    }
}
