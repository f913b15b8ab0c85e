//! Answers ready to send, and sending them at their pace.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::frames;
use super::log::{About, Ticket};
use super::refusal::Refusal;
use crate::bedrock::{Answer, Payload};

/// How fast answers are given: 1 is the recorded (or simulated) pace, 0 at once, 2 twice as slow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace(f64);

impl Pace {
    /// A factor on recorded times; `None` unless it is a number from 0 to 1000.
    pub fn new(factor: f64) -> Option<Self> {
        (0.0..=1000.0).contains(&factor).then_some(Pace(factor))
    }

    /// The recorded pace.
    pub const RECORDED: Pace = Pace(1.0);

    fn of(self, recorded: Duration) -> Duration {
        if self == Self::RECORDED { recorded } else { recorded.mul_f64(self.0) }
    }
}

/// An answer with everything computed that can be.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) content: Content,
    pub(super) about: About,
}

#[derive(Debug)]
pub(super) enum Content {
    /// A body, and how long it took.
    Whole(Bytes, Duration),
    /// Frames, in order.
    Stream(Vec<Timed>),
}

/// The bytes of one frame, and when it came after the request was sent.
#[derive(Debug, Clone)]
pub(super) struct Timed {
    at: Duration,
    bytes: Bytes,
}

impl Prepared {
    /// `answer` as it goes over the wire, byte for byte what is stored.
    pub(super) fn of(answer: &Answer, about: About) -> Self {
        let content = match &answer.payload {
            Payload::Whole(bytes) => {
                Content::Whole(Bytes::copy_from_slice(bytes), Duration::from_millis(answer.timing.total_ms))
            }
            Payload::Stream(stored) => Content::Stream(stored.iter().filter_map(timed).collect()),
        };
        let mut headers = HeaderMap::with_capacity(answer.headers.len());
        for (name, value) in &answer.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Prepared { status, headers, content, about }
    }

    /// A refusal; these come without delay.
    pub(super) fn refused(refusal: &Refusal, request_id: &str, about: About) -> Self {
        Prepared {
            status: refusal.status,
            headers: refusal.headers(request_id),
            content: Content::Whole(refusal.body(), Duration::ZERO),
            about,
        }
    }

    /// About how many bytes it occupies.
    pub(super) fn size(&self) -> usize {
        let headers: usize = self.headers.values().map(|value| value.len() + 64).sum();
        headers
            + match &self.content {
                Content::Whole(bytes, _) => bytes.len(),
                Content::Stream(frames) => frames.iter().map(|frame| frame.bytes.len() + 64).sum(),
            }
    }

    /// When its first byte comes, after the request.
    fn first(&self) -> Duration {
        match &self.content {
            Content::Whole(_, after) => *after,
            Content::Stream(frames) => frames.first().map_or(Duration::ZERO, |frame| frame.at),
        }
    }

    /// How many frames it streams; none for a whole body.
    pub(super) fn frames(&self) -> usize {
        match &self.content {
            Content::Whole(..) => 0,
            Content::Stream(frames) => frames.len(),
        }
    }
}

fn timed(frame: &crate::bedrock::Frame) -> Option<Timed> {
    Some(Timed { at: Duration::from_millis(frame.offset_ms), bytes: frames::encode(frame)? })
}

/// What decides when the bytes of one answer leave.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    /// When the request was complete, with the delay that every answer gets.
    pub(super) start: Instant,
    pub(super) pace: Pace,
    /// Where a stream breaks off: after so many frames, with this one.
    pub(super) cut: Option<(usize, Bytes)>,
}

impl Schedule {
    fn due(&self, recorded: Duration) -> Instant {
        self.start + self.pace.of(recorded)
    }

    /// Waits until headers and the first bytes of `prepared` are due: they leave together, as Bedrock's
    /// headers leave when the model begins to speak.
    pub(super) async fn wait_for_first(&self, prepared: &Prepared) {
        let due = self.due(prepared.first());
        if due > Instant::now() {
            tokio::time::sleep_until(due).await;
        }
    }
}

/// The body of a response. When it is gone, its request is logged.
#[derive(Debug)]
pub(super) struct ReplyBody {
    ticket: Ticket,
    sending: Sending,
}

#[derive(Debug)]
enum Sending {
    /// What is left of a whole body.
    Whole(Bytes),
    Stream(Box<Streaming>),
}

#[derive(Debug)]
struct Streaming {
    prepared: Arc<Prepared>,
    schedule: Schedule,
    next: usize,
    sleep: Pin<Box<Sleep>>,
}

impl ReplyBody {
    /// `prepared` on its way out.
    pub(super) fn new(prepared: Arc<Prepared>, schedule: Schedule, ticket: Ticket) -> Self {
        let sending = match &prepared.content {
            Content::Whole(bytes, _) => Sending::Whole(bytes.clone()),
            Content::Stream(_) => {
                let sleep = Box::pin(tokio::time::sleep_until(schedule.start));
                Sending::Stream(Box::new(Streaming { prepared, schedule, next: 0, sleep }))
            }
        };
        ReplyBody { ticket, sending }
    }
}

impl Streaming {
    /// The next bytes at their time, `None` after the last.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Content::Stream(frames) = &self.prepared.content else { return Poll::Ready(None) };
        if let Some((kept, exception)) = &self.schedule.cut
            && self.next >= *kept
        {
            let exception = (self.next == *kept).then(|| exception.clone());
            self.next += 1;
            return Poll::Ready(exception);
        }
        let Some(frame) = frames.get(self.next) else { return Poll::Ready(None) };
        let due = self.schedule.due(frame.at);
        if due > Instant::now() {
            if self.sleep.deadline() != due {
                self.sleep.as_mut().reset(due);
            }
            ready!(self.sleep.as_mut().poll(context));
        }
        self.next += 1;
        Poll::Ready(Some(frame.bytes.clone()))
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let bytes = match &mut self.sending {
            Sending::Whole(bytes) => Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()),
            Sending::Stream(streaming) => ready!(streaming.poll_next(context)),
        };
        if bytes.is_none() || matches!(self.sending, Sending::Whole(_)) {
            self.ticket.complete();
        }
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.sending, Sending::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.sending {
            Sending::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Sending::Stream(_) => SizeHint::default(),
        }
    }
}
