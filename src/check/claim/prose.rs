//! Paragraphs and tables of a chapter, with the bytes every word comes from.

use std::ops::Range;

use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

/// A piece of a chapter that may claim something.
#[derive(Debug)]
pub(super) enum Block {
    /// A paragraph, or the text of a list item.
    Text(Run),
    /// A table.
    Table(Table),
}

/// A table with the words around it that say what it is about.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The cells of its head.
    pub(super) head: Vec<Run>,
    /// The cells of its rows.
    pub(super) rows: Vec<Vec<Run>>,
    /// The heading it stands under.
    pub(super) heading: String,
    /// The paragraph before it.
    pub(super) intro: String,
}

/// Text without markup.
#[derive(Debug, Default, Clone)]
pub(super) struct Run {
    /// The text.
    pub(super) text: String,
    /// Pieces of it and the bytes of the chapter they come from, in order.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Run {
    fn push(&mut self, text: &str, source: Range<usize>) {
        self.pieces.push((self.text.len(), source));
        self.text.push_str(text);
    }

    /// The bytes of `chapter` that a part of the text comes from. `None` where the chapter does not
    /// hold the very same text there: escapes, or markup in the middle.
    pub(super) fn source(&self, range: &Range<usize>, chapter: &str) -> Option<Range<usize>> {
        let at = self.pieces.partition_point(|(start, _)| *start <= range.start).checked_sub(1)?;
        let (start, source) = &self.pieces[at];
        let from = source.start + (range.start - start);
        let bytes = from..from + range.len();
        (chapter.get(bytes.clone()) == self.text.get(range.clone())).then_some(bytes)
    }
}

/// The blocks of `text` from byte `body` on, in order.
pub(super) fn blocks(text: &str, body: usize) -> Vec<Block> {
    let mut options = MarkdownOptions::default();
    // Quotes and dashes as written: their bytes are looked up again.
    options.smart_punctuation = false;
    let mut reader = Reader { text, ..Reader::default() };
    for (event, range) in new_cmark_parser(&text[body..], &options).into_offset_iter() {
        reader.event(event, range.start + body..range.end + body);
    }
    reader.end_text();
    reader.blocks
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    blocks: Vec<Block>,
    run: Run,
    heading: String,
    in_heading: bool,
    /// The paragraph before, as far as nothing but lists and tables came after it.
    intro: String,
    table: Option<Table>,
    row: Vec<Run>,
    /// How deep we are in what is no running text: code, pictures, struck-out words.
    silent: usize,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::Image { .. } | Tag::Strikethrough) => {
                self.silent += 1;
            }
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Image | TagEnd::Strikethrough) => {
                self.silent = self.silent.saturating_sub(1);
            }
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            _ if self.silent > 0 => {}
            Event::Text(words) => self.run.push(&words, range),
            Event::Code(words) => {
                let inside = self.text[range.clone()].find(&*words).unwrap_or(0);
                self.run.push(&words, range.start + inside..range.end);
            }
            Event::SoftBreak | Event::HardBreak => self.run.push(" ", range),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.end_text();
                self.in_heading = true;
            }
            Tag::Table(_) => {
                self.end_text();
                let (heading, intro) = (self.heading.clone(), self.intro.clone());
                self.table = Some(Table { heading, intro, ..Table::default() });
            }
            Tag::Paragraph | Tag::Item | Tag::List(_) | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => {
                self.end_text();
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.heading = std::mem::take(&mut self.run).text;
                self.intro.clear();
                self.in_heading = false;
            }
            TagEnd::TableCell => self.row.push(std::mem::take(&mut self.run)),
            TagEnd::TableHead => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    table.head = row;
                }
            }
            TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                if let Some(table) = &mut self.table {
                    table.rows.push(row);
                }
            }
            TagEnd::Table => self.blocks.extend(self.table.take().map(Block::Table)),
            TagEnd::Paragraph
            | TagEnd::Item
            | TagEnd::DefinitionListDefinition
            | TagEnd::DefinitionListTitle => {
                self.end_text();
            }
            _ => {}
        }
    }

    fn end_text(&mut self) {
        let run = std::mem::take(&mut self.run);
        if !run.text.trim().is_empty() && !self.in_heading {
            self.intro.clone_from(&run.text);
            self.blocks.push(Block::Text(run));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_knows_its_bytes() {
        let text = "# Head\n\nA **bold** `co de` word\nand &amp; more.\n\n- item ~~gone~~ one\n\n| a | `b` |\n|---|---|\n| 1 | **2** |\n";
        let blocks = blocks(text, 0);
        let Block::Text(run) = &blocks[0] else { panic!("text first") };
        assert_eq!(run.text, "A bold co de word and & more.");
        for word in ["bold", "co de", "word", "more"] {
            let at = run.text.find(word).expect("the word");
            let bytes = run.source(&(at..at + word.len()), text).expect("its bytes");
            assert_eq!(&text[bytes], word);
        }
        let amp = run.text.find('&').expect("the sign");
        assert_eq!(run.source(&(amp..amp + 3), text), None, "an entity is not what it says");
        let Block::Text(item) = &blocks[1] else { panic!("the item") };
        assert_eq!(item.text, "item  one");
        let Block::Table(table) = &blocks[2] else { panic!("the table") };
        assert_eq!((table.heading.as_str(), table.intro.as_str()), ("Head", "item  one"));
        assert_eq!(table.rows[0][1].text, "2");
    }
}
