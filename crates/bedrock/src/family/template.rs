//! Prompts of completion models, with the turns marked inside the text.
//!
//! Each template is written as its maker documents it: Anthropic's text completions guide, Meta's
//! model cards for Llama 2, 3 and 4, Mistral's prompting guide, and AWS's user guide for `DeepSeek`.

/// A way to mark turns inside one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    /// `\n\nHuman: …\n\nAssistant:`
    HumanAssistant,
    /// `<s>[INST] … [/INST]` with `<<SYS>>` (Llama 2).
    InstSys,
    /// `<s>[INST] … [/INST]` (Mistral).
    Inst,
    /// `<|start_header_id|>user<|end_header_id|>` (Llama 3), `<|header_start|>` (Llama 4).
    Headers,
    /// `<｜User｜>…<｜Assistant｜>`
    DeepSeek,
}

/// What a templated text asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Turn {
    pub(super) system: Option<String>,
    pub(super) text: String,
}

const LLAMA_3: [&str; 3] = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"];
const LLAMA_4: [&str; 3] = ["<|header_start|>", "<|header_end|>", "<|eot|>"];

impl Template {
    /// The text that asks `text` after `system`.
    pub(super) fn write(self, system: Option<&str>, text: &str) -> String {
        let text = text.trim();
        let before = system.map(|system| format!("{system}\n\n")).unwrap_or_default();
        match self {
            Template::HumanAssistant => {
                format!("{}\n\nHuman: {text}\n\nAssistant:", system.unwrap_or_default())
            }
            Template::InstSys => match system {
                Some(system) => format!("<s>[INST] <<SYS>>\n{system}\n<</SYS>>\n\n{text} [/INST]"),
                None => format!("<s>[INST] {text} [/INST]"),
            },
            Template::Inst => format!("<s>[INST] {before}{text} [/INST]"),
            Template::Headers => {
                let [open, close, end] = LLAMA_3;
                let turn = |role: &str, text: &str| format!("{open}{role}{close}\n\n{text}{end}");
                let system = system.map(|system| turn("system", system)).unwrap_or_default();
                format!("<|begin_of_text|>{system}{}{open}assistant{close}\n\n", turn("user", text))
            }
            Template::DeepSeek => {
                format!(
                    "<｜begin▁of▁sentence｜>{}<｜User｜>{text}<｜Assistant｜><think>\n",
                    system.unwrap_or_default()
                )
            }
        }
    }

    /// The system prompt and the last user turn of a text in this template, if it is in it.
    fn read(self, text: &str) -> Option<Turn> {
        match self {
            Template::HumanAssistant => marked(text, "Human:", "Assistant:")
                .filter(|_| text.trim_start().starts_with("Human:") || text.contains("\nHuman:")),
            Template::InstSys | Template::Inst => {
                marked(text, "[INST]", "[/INST]").map(|turn| without_sys(turn, text))
            }
            Template::Headers => headers(text, LLAMA_3).or_else(|| headers(text, LLAMA_4)),
            Template::DeepSeek => marked(text, "<｜User｜>", "<｜Assistant｜>"),
        }
    }
}

/// Reads `text` in the first of `templates` that fits; a text in none of them is what is asked.
pub(super) fn read(text: &str, templates: &[Template]) -> Turn {
    templates
        .iter()
        .find_map(|template| template.read(text))
        .unwrap_or_else(|| Turn { system: None, text: text.to_owned() })
}

/// What stands between the last `open` and the next `close`; what stands before the first `open` is
/// the system prompt, apart from tokens that begin a text.
fn marked(text: &str, open: &str, close: &str) -> Option<Turn> {
    let (before, _) = text.split_once(open)?;
    let (_, last) = text.rsplit_once(open)?;
    let asked = last.split_once(close).map_or(last, |(asked, _)| asked);
    let before = before.replace("<s>", "").replace("<｜begin▁of▁sentence｜>", "");
    Some(Turn { system: said(&before), text: asked.trim().to_owned() })
}

/// Llama 2 puts the system prompt inside the first turn.
fn without_sys(turn: Turn, whole: &str) -> Turn {
    const OPEN: &str = "<<SYS>>";
    const CLOSE: &str = "<</SYS>>";
    let system =
        whole.split_once(OPEN).and_then(|(_, rest)| rest.split_once(CLOSE)).map(|(system, _)| system);
    let text = match turn.text.split_once(CLOSE) {
        Some((_, text)) => text.trim().to_owned(),
        None => turn.text,
    };
    Turn { system: system.and_then(said).or(turn.system), text }
}

fn headers(text: &str, [open, close, end]: [&str; 3]) -> Option<Turn> {
    let mut turn = None::<Turn>;
    for piece in text.split(open).skip(1) {
        let Some((role, said_there)) = piece.split_once(close) else { continue };
        let said_there = said_there.split_once(end).map_or(said_there, |(said_there, _)| said_there).trim();
        let turn = turn.get_or_insert_default();
        match role.trim() {
            "system" => turn.system = said(said_there),
            "user" => said_there.clone_into(&mut turn.text),
            _ => {}
        }
    }
    turn
}

fn said(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() { None } else { Some(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Template; 5] =
        [Template::HumanAssistant, Template::InstSys, Template::Inst, Template::Headers, Template::DeepSeek];

    #[test]
    fn what_a_template_writes_it_reads_back() {
        for template in ALL {
            let asked = Turn { system: None, text: "Why is the sky blue?".into() };
            assert_eq!(read(&template.write(None, &asked.text), &[template]), asked, "{template:?}");
            // Mistral has no mark of its own for the system prompt.
            if template != Template::Inst {
                let asked = Turn { system: Some("Be brief.".into()), ..asked };
                let text = template.write(asked.system.as_deref(), &asked.text);
                assert_eq!(read(&text, &[template]), asked, "{template:?}");
            }
        }
    }

    #[test]
    fn of_several_turns_the_last_user_turn_counts() {
        let text =
            "<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHi [/INST] Hello! </s><s>[INST] And you? [/INST]";
        let asked = Turn { system: Some("Be kind.".into()), text: "And you?".into() };
        assert_eq!(read(text, &[Template::Headers, Template::InstSys]), asked);
        let text = "Human: one\n\nAssistant: two\n\nHuman: three";
        assert_eq!(read(text, &[Template::HumanAssistant]).text, "three");
        let text = "<|begin_of_text|><|header_start|>user<|header_end|>\n\nHola<|eot|><|header_start|>assistant<|header_end|>\n\n";
        assert_eq!(read(text, &[Template::Headers]).text, "Hola");
    }

    #[test]
    fn broken_and_plain_texts_are_taken_as_they_are() {
        assert_eq!(read("What does [/INST] mean?", &ALL).text, "What does [/INST] mean?");
        assert_eq!(read("[INST] open", &ALL).text, "open");
        assert_eq!(read("<|start_header_id|>user", &ALL).text, "<|start_header_id|>user");
        assert_eq!(read("Is Human: a mark?", &ALL).text, "Is Human: a mark?");
    }
}
