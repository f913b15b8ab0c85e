//! Answers ready to send, and sending them at their pace.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep};

use super::frames::Wire;
use super::log::{About, Line, Ticket};
use super::refusal::Refusal;
use super::room::Place;
use tutor_bedrock::{Answer, Payload};
use tutor_provider::flow::{self, End};

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
    /// Its line in the log, once it has been written.
    pub(super) line: OnceLock<Line>,
}

#[derive(Debug)]
pub(super) enum Content {
    /// A body, and how long it took.
    Whole(Bytes, Duration),
    /// Frames, in order.
    Stream(Vec<Timed>),
    /// Frames that still come, for the one who asked.
    Flowing(Mutex<Option<mpsc::Receiver<tutor_bedrock::Frame>>>, Arc<OnceLock<End>>),
}

/// The bytes of one frame, and when it came after the request was sent.
#[derive(Debug, Clone)]
pub(super) struct Timed {
    at: Duration,
    bytes: Bytes,
}

impl Timed {
    /// The bytes.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl Prepared {
    /// These parts; what `about` says of secrets is masked.
    pub(super) fn new(status: StatusCode, headers: HeaderMap, content: Content, about: About) -> Self {
        Prepared { status, headers, content, about: about.masked(), line: OnceLock::new() }
    }

    /// `answer` as it goes over the wire, byte for byte what is stored.
    pub(super) fn of(answer: &Answer, about: About) -> Self {
        let headers = header_map(&answer.headers);
        let content = match &answer.payload {
            Payload::Whole(bytes) => {
                Content::Whole(Bytes::copy_from_slice(bytes), Duration::from_millis(answer.timing.total_ms))
            }
            Payload::Stream(stored) => {
                let wire = Wire::of(&headers);
                Content::Stream(stored.iter().filter_map(|frame| timed(frame, wire)).collect())
            }
        };
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Prepared::new(status, headers, content, about)
    }

    /// A stream that is sent while it comes.
    pub(super) fn flowing(stream: flow::Stream, about: About) -> Self {
        let content = Content::Flowing(Mutex::new(Some(stream.frames)), stream.end);
        Prepared::new(StatusCode::OK, header_map(&stream.headers), content, about)
    }

    /// How a stream that came while it was sent has ended, once it has.
    pub(super) fn end(&self) -> Option<&End> {
        match &self.content {
            Content::Flowing(_, end) => end.get(),
            Content::Whole(..) | Content::Stream(_) => None,
        }
    }

    /// The same with headers that leave at the answer's first token, and a body that comes later.
    pub(super) fn with_late_body(mut self, answer: &Answer) -> Self {
        let millis = Duration::from_millis;
        if let (Content::Whole(bytes, after), Some(first)) = (&self.content, answer.timing.first_token_ms)
            && millis(first) < *after
            && bytes.len() > 1
        {
            let (mut rest, after) = (bytes.clone(), *after);
            let begin = rest.split_to(1);
            let halves = [Timed { at: millis(first), bytes: begin }, Timed { at: after, bytes: rest }];
            self.content = Content::Stream(halves.into());
        }
        self
    }

    /// A refusal; these come without delay.
    pub(super) fn refused(refusal: &Refusal, request_id: &str, about: About) -> Self {
        let content = Content::Whole(refusal.body(request_id), Duration::ZERO);
        Prepared::new(refusal.status, refusal.headers(request_id), content, about)
    }

    /// About how many bytes it occupies.
    pub(super) fn size(&self) -> usize {
        let headers: usize = self.headers.values().map(|value| value.len() + 64).sum();
        headers
            + match &self.content {
                Content::Whole(bytes, _) => bytes.len(),
                Content::Stream(frames) => frames.iter().map(|frame| frame.bytes.len() + 64).sum(),
                Content::Flowing(..) => 0,
            }
    }

    /// When its first byte comes, after the request.
    fn first(&self) -> Duration {
        match &self.content {
            Content::Whole(_, after) => *after,
            Content::Stream(frames) => frames.first().map_or(Duration::ZERO, |frame| frame.at),
            Content::Flowing(..) => Duration::ZERO,
        }
    }

    /// How many frames it streams; none for a whole body.
    pub(super) fn frames(&self) -> usize {
        match &self.content {
            Content::Whole(..) | Content::Flowing(..) => 0,
            Content::Stream(frames) => frames.len(),
        }
    }
}

fn header_map(headers: &BTreeMap<String, String>) -> HeaderMap {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            map.insert(name, value);
        }
    }
    map
}

fn timed(frame: &tutor_bedrock::Frame, wire: Wire) -> Option<Timed> {
    Some(Timed { at: Duration::from_millis(frame.offset_ms), bytes: wire.encode(frame)? })
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
    /// What a large answer holds while it is sent.
    _place: Option<Place>,
}

#[derive(Debug)]
enum Sending {
    /// What is left of a whole body.
    Whole(Bytes),
    Stream(Box<Streaming>),
    /// What still comes; nothing for anybody but the first who asked.
    Flowing(Option<mpsc::Receiver<tutor_bedrock::Frame>>, Wire),
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
    pub(super) fn new(
        prepared: Arc<Prepared>,
        schedule: Schedule,
        ticket: Ticket,
        place: Option<Place>,
    ) -> Self {
        let sending = match &prepared.content {
            Content::Whole(bytes, _) => Sending::Whole(bytes.clone()),
            Content::Stream(_) => {
                let sleep = Box::pin(tokio::time::sleep_until(schedule.start));
                Sending::Stream(Box::new(Streaming { prepared, schedule, next: 0, sleep }))
            }
            Content::Flowing(frames, _) => {
                let frames = frames.lock().unwrap_or_else(PoisonError::into_inner).take();
                Sending::Flowing(frames, Wire::of(&prepared.headers))
            }
        };
        ReplyBody { ticket, sending, _place: place }
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
            Sending::Flowing(frames, wire) => match frames {
                Some(frames) => {
                    let wire = *wire;
                    ready!(frames.poll_recv(context)).as_ref().and_then(|frame| wire.encode(frame))
                }
                None => None,
            },
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
            Sending::Stream(_) | Sending::Flowing(..) => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::super::log::{Format, Log, Origin};
    use super::*;
    use tutor_bedrock::event_stream;

    const OFFSETS: [u64; 5] = [137, 140, 140, 2_001, 61_234];

    fn prepared() -> Arc<Prepared> {
        let frames =
            OFFSETS.map(|at| event_stream::converse_frame(at, "messageStop", &tutor_bedrock::Json::Null));
        let answer = Answer {
            status: 200,
            headers: std::collections::BTreeMap::new(),
            payload: Payload::Stream(frames.into()),
            timing: tutor_bedrock::Timing::default(),
        };
        let about = About {
            action: "ConverseStream".to_owned(),
            model_id: "a.b".to_owned(),
            input_tokens: None,
            output_tokens: None,
            cost: None,
            origin: Origin::Practice,
            note: None,
        };
        Arc::new(Prepared::of(&answer, about))
    }

    /// When each frame leaves, in milliseconds after the request.
    async fn offsets(pace: Pace, delay: Duration, cut: Option<(usize, Bytes)>) -> Vec<u64> {
        let (prepared, log) = (prepared(), Arc::new(Log::quiet()));
        let start = Instant::now();
        let schedule = Schedule { start: start + delay, pace, cut };
        schedule.wait_for_first(&prepared).await;
        let mut body =
            ReplyBody::new(Arc::clone(&prepared), schedule, Ticket::new(&log, &prepared, start), None);
        let mut offsets = Vec::new();
        while let Some(frame) = body.frame().await {
            assert!(!frame.unwrap().into_data().unwrap().is_empty());
            offsets.push(u64::try_from(start.elapsed().as_millis()).unwrap());
        }
        offsets
    }

    #[tokio::test(start_paused = true)]
    async fn streams_keep_their_recorded_offsets_exactly() {
        let none = Duration::ZERO;
        assert_eq!(offsets(Pace::RECORDED, none, None).await, OFFSETS);
        assert_eq!(offsets(Pace::new(0.0).unwrap(), none, None).await, [0; 5]);
        assert_eq!(offsets(Pace::new(2.0).unwrap(), none, None).await, OFFSETS.map(|at| at * 2));
        let late = Duration::from_millis(500);
        assert_eq!(offsets(Pace::RECORDED, late, None).await, OFFSETS.map(|at| at + 500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_cut_stream_ends_with_its_exception_at_once() {
        let cut = Some((2, Bytes::from_static(b"exception")));
        assert_eq!(offsets(Pace::RECORDED, Duration::ZERO, cut).await, [137, 140, 140]);
    }

    /// A client that reads slowly gets what is overdue without further delay, and the rest on time.
    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_catches_up() {
        let (prepared, log) = (prepared(), Arc::new(Log::quiet()));
        let start = Instant::now();
        let schedule = Schedule { start, pace: Pace::RECORDED, cut: None };
        let mut body =
            ReplyBody::new(Arc::clone(&prepared), schedule, Ticket::new(&log, &prepared, start), None);
        let mut offsets = Vec::new();
        while body.frame().await.is_some() {
            offsets.push(start.elapsed().as_millis());
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(offsets, [137, 1_137, 2_137, 3_137, 61_234]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_leaves_is_logged_as_gone() {
        let out = tempfile::NamedTempFile::new().unwrap();
        let log = Arc::new(Log::to(out.reopen().unwrap(), Format::Json));
        let prepared = prepared();
        let start = Instant::now();
        let schedule = Schedule { start, pace: Pace::RECORDED, cut: None };
        let mut body =
            ReplyBody::new(Arc::clone(&prepared), schedule, Ticket::new(&log, &prepared, start), None);
        body.frame().await.unwrap().unwrap();
        drop(body);
        log.close();
        let line: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(out.path()).unwrap()).unwrap();
        assert_eq!((&line["complete"], &line["latency_ms"]), (&false.into(), &137.into()));
    }
}
