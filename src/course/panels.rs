//! From calls and their recordings to what a page shows of them.

use rust_decimal::prelude::ToPrimitive as _;

use super::advice::Next;
use super::reading::{NamedCall, ReadChapter};
use super::{Course, terms_of};
use tutor_bedrock::family::{self, Reading};
use tutor_bedrock::{Answer, Call, Json, Key, Payload, model_id};
use tutor_catalog::measure::{Cost, Summary, Tokens, image_size, images_made, latency};
use tutor_catalog::{LifecycleState, Model};
use tutor_page::chapter;
use tutor_page::render::view::{
    CompareRow, ComparedView, ErrorView, Figures, ImageView, LifecycleNote, MissingView, ModelLine, Outcome,
    OutputView, PanelBody, PanelView, Piece, RecordedView, Show,
};
use tutor_recording::capture::{self, CapturedImage, Current};
use tutor_recording::media::Medium;
use tutor_recording::{Acceptance, Damage, Lookup, Recording};

/// Draws the calls of one chapter.
#[derive(Debug, Clone, Copy)]
pub struct Panels<'a> {
    /// The course the chapter belongs to.
    pub course: &'a Course,
    /// The chapter.
    pub read: &'a ReadChapter,
}

impl Panels<'_> {
    /// The panels under a fence: its resolved calls in call order, equal ones once.
    pub fn under(&self, fence: usize) -> Vec<PanelView> {
        let mut views: Vec<PanelView> = Vec::new();
        for named in self.read.calls_in(fence) {
            let Some((call, key)) = named.keyed() else { continue };
            match views.iter_mut().find(|view| view.key == key.as_str()) {
                Some(view) => view.times += 1,
                None => views.push(self.panel(named, call, key)),
            }
        }
        views
    }

    fn panel(&self, named: &NamedCall, call: &Call, key: &Key) -> PanelView {
        let show = self.read.annotation(named.found.fence).and_then(|annotation| annotation.settings.show);
        let body = match self.course.store.find(key) {
            Lookup::Accepted(recording) => self.recorded(call, recording, Acceptance::Accepted, show),
            Lookup::Pending(recording) => self.recorded(call, recording, Acceptance::Pending, show),
            Lookup::Damaged { path, damage } => self.damaged(named, path, damage),
            Lookup::Missing => self.missing(named, "No answer has been recorded for this request yet."),
        };
        PanelView {
            key: key.to_string(),
            name: named.name.clone(),
            model: self.model_line(&call.model_id),
            operation: call.operation,
            times: 1,
            body,
        }
    }

    /// What a fence printed and drew when the chapter's code ran.
    pub fn output(&self, current: &Current<'_>) -> OutputView {
        let up = "../".repeat(self.read.stem.matches('/').count());
        let fence = current.fence;
        let image = |image: &CapturedImage| ImageView {
            src: format!("{up}{}", image.path),
            size: image.size,
            prompt: "Picture made by this code".to_owned(),
        };
        let file = capture::path(&self.course.config.fixtures, &self.read.stem, current.acceptance);
        OutputView {
            text: fence.output.clone(),
            is_cut: fence.is_cut,
            images: fence.images.iter().map(image).collect(),
            origin: fence.answered_by,
            acceptance: current.acceptance,
            ran_on: current.captured_at.to_zoned(jiff::tz::TimeZone::UTC).date(),
            file: self.course.config.shown(&file).display().to_string(),
        }
    }

    /// What the recorded answer of a call says, white space folded.
    pub fn text(&self, call: &Call, key: &Key) -> Option<String> {
        let (Lookup::Accepted(recording) | Lookup::Pending(recording)) = self.course.store.find(key) else {
            return None;
        };
        let reading = family::read(call, self.course.catalog.family(&call.model_id), recording.shown())?;
        let text = reading.text();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    fn missing(&self, named: &NamedCall, reason: impl Into<String>) -> PanelBody {
        let store = &self.course.store;
        let recorded = self.read.recorded(named, store);
        let next = recorded.and_then(|recorded| Next::of(store, self.read, named, recorded));
        let command = next.map(|next| next.command(Some(&self.read.stem)));
        PanelBody::Missing(MissingView { reason: reason.into(), command })
    }

    fn damaged(&self, named: &NamedCall, path: &std::path::Path, damage: &Damage) -> PanelBody {
        let path = self.course.config.shown(path).display();
        self.missing(named, format!("The recording {path} {damage}."))
    }

    fn recorded(
        &self,
        call: &Call,
        recording: &Recording,
        acceptance: Acceptance,
        show: Option<chapter::Show>,
    ) -> PanelBody {
        let family = self.course.catalog.family(&call.model_id);
        let reading = family::read(call, family, recording.shown());
        let figures = self.figures(call, recording, reading.as_ref());
        PanelBody::Recorded(Box::new(RecordedView {
            origin: recording.origin.kind,
            imported: recording.origin.imported.clone(),
            local: recording.origin.local.clone(),
            acceptance,
            recorded_on: recording.origin.day(),
            region: recording.origin.region.clone(),
            outcome: self.outcome(call, recording.shown()),
            other_samples: recording.samples[1..].iter().map(|answer| self.outcome(call, answer)).collect(),
            figures,
            stop_reason: reading.and_then(stop_reason),
            show: shown(show, recording.shown()),
            file: self.file(recording),
        }))
    }

    /// The recording's file, from the book's folder on.
    fn file(&self, recording: &Recording) -> String {
        let path = self.course.store.file_of(&recording.key);
        path.map(|path| self.course.config.shown(path).display().to_string()).unwrap_or_default()
    }

    fn outcome(&self, call: &Call, answer: &Answer) -> Outcome {
        if let Some(error) = family::error::read(answer) {
            let meaning = meaning_of(&error.kind).map(str::to_owned);
            return Outcome::Error(ErrorView {
                status: error.status,
                kind: error.kind,
                message: error.message,
                meaning,
            });
        }
        let family = self.course.catalog.family(&call.model_id);
        match family::read(call, family, answer) {
            Some(reading) => {
                let prompt = family.map(|family| family::prompt(call, family).text).unwrap_or_default();
                let place = |media_type: &str, bytes: &[u8]| self.image(media_type, bytes, &prompt);
                Outcome::Answer(reading.parts.into_iter().map(|part| Piece::new(part, place)).collect())
            }
            // A dialect nobody knows is shown as it came.
            None => Outcome::Answer(vec![Piece::Text(raw_text(answer))]),
        }
    }

    /// Where an image of a recording stands, as seen from the chapter's page.
    fn image(&self, media_type: &str, bytes: &[u8], prompt: &str) -> ImageView {
        let medium = Medium { media_type: media_type.to_owned(), bytes: bytes.to_vec() };
        let up = "../".repeat(self.read.stem.matches('/').count());
        ImageView {
            src: format!("{up}{}", medium.path()),
            size: image_size(bytes),
            prompt: prompt.to_owned(),
        }
    }

    /// The figures of a recording: tokens and cost of sample 0, times over all.
    fn figures(&self, call: &Call, recording: &Recording, reading: Option<&Reading>) -> Figures {
        let usage = reading.map(|reading| reading.usage).unwrap_or_default();
        let source = reading.and_then(|reading| reading.counted_by);
        let images = reading.map(|reading| images_made(call, reading)).unwrap_or_default();
        // An imported answer's times may be unknown: then there are none.
        let timed = if recording.origin.has_times() { &recording.samples[..] } else { &[] };
        let totals: Vec<u64> = timed.iter().map(|answer| answer.timing.total_ms).collect();
        let firsts: Vec<u64> = timed.iter().filter_map(|answer| answer.timing.first_token_ms).collect();
        let speed = usage
            .output_tokens
            .filter(|_| !timed.is_empty())
            .and_then(|tokens| latency::tokens_per_second(tokens, recording.shown().timing));
        let model = self.course.catalog.model(&call.model_id);
        let cost = if recording.shown().is_success() {
            Cost::of(model, &terms_of(call, recording), &usage, &images, self.course.today)
        } else {
            Cost::Unpriced
        };
        Figures {
            tokens: Tokens::of(usage, source),
            latency: Summary::of(&totals),
            first_token: Summary::of(&firsts),
            tokens_per_second: speed.and_then(|speed| speed.to_f64()),
            cost,
        }
    }

    /// The row of a call in a comparison.
    pub fn row(&self, named: &NamedCall, call: &Call, key: &Key) -> CompareRow {
        let found = match self.course.store.find(key) {
            Lookup::Accepted(recording) => Some((recording, Acceptance::Accepted)),
            Lookup::Pending(recording) => Some((recording, Acceptance::Pending)),
            Lookup::Damaged { .. } | Lookup::Missing => None,
        };
        let recorded = found.map(|(recording, acceptance)| {
            let reading = family::read(call, self.course.catalog.family(&call.model_id), recording.shown());
            ComparedView {
                origin: recording.origin.kind,
                imported: recording.origin.imported.clone(),
                local: recording.origin.local.clone(),
                acceptance,
                error: family::error::read(recording.shown())
                    .map(|error| format!("{} {}", error.status, error.kind)),
                recorded_on: recording.origin.day(),
                region: recording.origin.region.clone(),
                samples: recording.samples.len(),
                figures: self.figures(call, recording, reading.as_ref()),
            }
        });
        CompareRow { name: named.name.clone(), model: self.model_line(&call.model_id), recorded }
    }

    fn model_line(&self, id: &str) -> ModelLine {
        let model = self.course.catalog.model(id);
        ModelLine {
            id: tutor_recording::redact::text(id),
            name: model.map_or_else(|| model_id::short(id), |model| model.name.clone()),
            provider: model.map(|model| model.provider.clone()),
            lifecycle: model.and_then(|model| self.lifecycle_note(model)),
        }
    }

    fn lifecycle_note(&self, model: &Model) -> Option<LifecycleNote> {
        let end_of_life = model.lifecycle.as_ref()?.end_of_life;
        let successor =
            self.course.catalog.living_successor(model, self.course.today).map(|model| model.name.clone());
        match model.state_on(self.course.today) {
            LifecycleState::Active => None,
            LifecycleState::Legacy => Some(LifecycleNote::Legacy { end_of_life, successor }),
            LifecycleState::Retired => Some(LifecycleNote::Retired { on: end_of_life, successor }),
        }
    }
}

fn shown(show: Option<chapter::Show>, answer: &Answer) -> Show {
    match show {
        None | Some(chapter::Show::Text) => Show::Text,
        Some(chapter::Show::None) => Show::None,
        Some(chapter::Show::Json) => match &answer.payload {
            Payload::Whole(body) => body.json().cloned().map_or(Show::Text, Show::Json),
            Payload::Stream(frames) => Show::Json(Json::Array(
                frames.iter().filter_map(|frame| frame.payload.json().cloned()).collect(),
            )),
        },
    }
}

/// A guardrail's action, which tells more than the model's own reason; else that.
fn stop_reason(reading: Reading) -> Option<String> {
    let action = reading.guardrail.filter(|action| action != "NONE");
    action.map(|action| format!("guardrail {action}")).or(reading.stop_reason)
}

fn raw_text(answer: &Answer) -> String {
    match &answer.payload {
        Payload::Whole(body) => body.to_text(),
        Payload::Stream(frames) => {
            frames.iter().map(|frame| frame.payload.to_text()).collect::<Vec<_>>().join("\n")
        }
    }
}

/// What Bedrock's errors mean for a reader, by their names in the API reference (Common error types
/// and `InvokeModel` errors, Amazon Bedrock API reference).
const MEANINGS: &[(&str, &str)] = &[
    (
        "ValidationException",
        "The request does not have the form that this model takes. Compare it with the error's words.",
    ),
    ("ThrottlingException", "Too many requests or tokens in a short time. Wait, and send the request again."),
    ("AccessDeniedException", "These credentials may not use this model."),
    ("ResourceNotFoundException", "The model is not there, or not any more."),
    ("ModelTimeoutException", "The model took too long. Ask for less, or stream the answer."),
    ("ModelErrorException", "The model failed while it worked on the request. Send it again."),
    ("ModelNotReadyException", "The model is still being loaded. Send the request again a little later."),
    ("ModelStreamErrorException", "The stream broke off. Send the request again."),
    ("InternalServerException", "A failure inside the service. Send the request again."),
    (
        "ServiceUnavailableException",
        "The service is not available for the moment. Send the request again later.",
    ),
    ("ServiceQuotaExceededException", "A quota of the account is used up."),
    ("ExpiredTokenException", "The credentials have expired. Sign in again."),
    ("UnrecognizedClientException", "The credentials are not valid."),
];

fn meaning_of(kind: &str) -> Option<&'static str> {
    MEANINGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind)).map(|(_, meaning)| *meaning)
}
