//! Simulated runs: a Bedrock that throttles, fails, breaks off, sends nonsense, lies about what was
//! used and answers late, or is not there, under caps chosen to bind. Time is tokio's own and does not pass by itself; chance comes from a seed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::json;

use super::Live;
use super::retry::Patience;
use super::transport::{NoAnswer, Transport};
use jiff::civil::date;
use tutor_bedrock::{Answer, Call, Json, Operation, Payload, Timing};
use tutor_catalog::{Catalog, Terms};
use tutor_provider::ledger::Ledger;
use tutor_provider::{Provider as _, ProviderError, worst_case};

/// A small generator with a seed: `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A Bedrock that keeps its own books.
struct Simulated {
    chance: Mutex<Chance>,
    /// What AWS bills, and the worst case of what it is working on.
    bill: Mutex<(Decimal, Decimal)>,
    cap: Decimal,
    answered: Mutex<HashMap<usize, usize>>,
    faults: Faults,
}

/// Of a hundred attempts, how many end so.
#[derive(Debug, Clone, Copy, Default)]
struct Faults {
    throttled: u64,
    failing: u64,
    breaking: u64,
    nonsense: u64,
    unreached: u64,
    /// How many answers claim more than they used.
    lies: u64,
}

impl Simulated {
    fn new(seed: u64, cap: Decimal, faults: Faults) -> Self {
        Simulated {
            chance: Mutex::new(Chance(seed)),
            bill: Mutex::default(),
            cap,
            answered: Mutex::default(),
            faults,
        }
    }

    /// Adds to what is billed and to what may be; neither may ever leave the cap.
    fn move_bill(&self, billed: Decimal, working_on: Decimal) {
        let mut bill = self.bill.lock().unwrap();
        bill.0 += billed;
        bill.1 += working_on;
        assert!(bill.0 + bill.1 <= self.cap, "{} billed and {} open of {}", bill.0, bill.1, self.cap);
    }

    /// A call's number and what it can cost at most.
    fn known(call: &Call) -> (usize, Decimal) {
        let prompt = call.body.get("prompt").and_then(Json::as_str).unwrap_or_default();
        let number: usize = prompt.trim_start_matches("question ").parse().expect("a number");
        (number, CALLS[number].1)
    }

    fn roll(&self, limit: u64) -> u64 {
        self.chance.lock().unwrap().below(limit)
    }
}

fn error(status: u16, kind: &str) -> Answer {
    Answer {
        status,
        headers: BTreeMap::from([("x-amzn-errortype".into(), kind.into())]),
        payload: Payload::Whole(br#"{"message":"no"}"#.to_vec().into()),
        timing: Timing::default(),
    }
}

impl Transport for Simulated {
    async fn send(&self, call: &Call) -> Result<Answer, NoAnswer> {
        let (number, worst) = Self::known(call);
        self.move_bill(Decimal::ZERO, worst);
        tokio::time::sleep(Duration::from_millis(self.roll(3_000))).await;
        let Faults { throttled, failing, breaking, nonsense, unreached, lies } = self.faults;
        let mut dice = self.roll(100);
        let mut falls = |share: u64| {
            let falls = dice < share;
            dice = dice.saturating_sub(share);
            falls
        };
        if falls(throttled) {
            self.move_bill(Decimal::ZERO, -worst);
            return Ok(error(429, "ThrottlingException"));
        }
        if falls(failing) {
            self.move_bill(Decimal::ZERO, -worst);
            return Ok(error(500, "InternalServerException"));
        }
        if falls(breaking) {
            self.move_bill(worst, -worst);
            return Err(NoAnswer::Broken("the stream broke off in the middle of a message".into()));
        }
        if falls(nonsense) {
            self.move_bill(worst, -worst);
            return Err(NoAnswer::Faulty("HTTP 200 with HTML in place of an answer".into()));
        }
        if falls(unreached) {
            self.move_bill(Decimal::ZERO, -worst);
            return Err(NoAnswer::Unreached("connection refused".into()));
        }
        let exaggerates = self.roll(100) < lies;
        *self.answered.lock().unwrap().entry(number).or_default() += 1;
        let (input, output) = (self.roll(40), self.roll(100));
        let claimed = if exaggerates { input + (self.roll(u64::MAX) >> self.roll(60)) } else { input };
        let body = json!({
            "generation": "x", "prompt_token_count": claimed, "generation_token_count": output, "stop_reason": "stop"
        });
        let answer = Answer {
            status: 200,
            headers: BTreeMap::new(),
            payload: Payload::Whole(body.to_string().into_bytes().into()),
            timing: Timing { total_ms: 1, first_token_ms: None },
        };
        self.move_bill(bill(&call.model_id, input, output), -worst);
        Ok(answer)
    }
}

/// What AWS bills for so many tokens, in USD.
fn bill(model_id: &str, input: u64, output: u64) -> Decimal {
    let price = &Catalog::embedded().model(model_id).expect("a model").prices[0];
    let per_million = |price: Option<Decimal>, tokens| price.expect("a price") * Decimal::from(tokens);
    let micros = per_million(price.rates.input, input) + per_million(price.rates.output, output);
    micros * Decimal::new(1, 6)
}

/// The calls of all runs with what each can cost at most.
static CALLS: LazyLock<Vec<(Call, Decimal)>> = LazyLock::new(|| {
    let worst = |call: &Call| {
        worst_case::of(call, &Terms::of(call, date(2024, 6, 1)), Catalog::embedded()).expect("a bound")
    };
    (0..300).map(call).map(|call| (call.clone(), worst(&call))).collect()
});

fn call(number: u64) -> Call {
    let model = ["meta.llama3-70b-instruct-v1:0", "meta.llama3-8b-instruct-v1:0"]
        [usize::from(number.is_multiple_of(3))];
    let body = json!({"prompt": format!("question {number}"), "max_gen_len": 100});
    Call::new(Operation::InvokeModel, model, body.into())
}

/// How the calls of a run ended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ends {
    answered: usize,
    over_budget: usize,
    /// Of those, with the fault behind them.
    retries: usize,
    given_up: usize,
}

/// Sends `calls` calls at once and counts how they end.
fn run(live: &Live<Simulated>, calls: usize) -> Ends {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut ends = Ends::default();
        let answers = CALLS[..calls].iter().map(|(call, _)| live.answer(call)).collect();
        tutor_provider::as_they_come(answers, |_, answer| match answer {
            Ok(_) => ends.answered += 1,
            Err(ProviderError::Budget(_)) => ends.over_budget += 1,
            Err(ProviderError::RetryOverBudget { fault, .. }) => {
                assert!(fault.trouble.is_of_the_service(), "{fault}");
                ends.over_budget += 1;
                ends.retries += 1;
            }
            Err(ProviderError::Service(error)) => {
                assert!(error.trouble.is_of_the_service(), "{error}");
                ends.given_up += 1;
            }
            Err(other) => panic!("{other}"),
        })
        .await;
        ends
    })
}

fn live(seed: u64, cap: Decimal, faults: Faults) -> Live<Simulated> {
    let patience = Patience { seed, ..Patience::default() };
    let today = jiff::civil::date(2024, 6, 1);
    Live::new(Simulated::new(seed, cap, faults), Ledger::new(cap), "us-east-1", Catalog::embedded(), today)
        .patient(patience)
}

#[test]
fn in_a_thousand_runs_with_binding_caps_the_cap_holds_at_every_moment() {
    let worst: Decimal = CALLS[..30].iter().map(|(_, worst)| worst).sum();
    let (mut bound, mut retries, mut doubts) = (0, 0, 0);
    for seed in 0..1_000 {
        // From nothing to a fifth of it, in uneven steps: answers cost far less than their worst case.
        let cap = worst * Decimal::from(seed % 97) / Decimal::from(500);
        let faults = Faults {
            throttled: seed % 40,
            failing: seed % 11,
            breaking: seed % 7,
            nonsense: seed % 5,
            unreached: seed % 3,
            lies: seed % 50,
        };
        let live = live(seed, cap, faults);
        let ends = run(&live, 30);
        assert_eq!(ends.answered + ends.over_budget + ends.given_up, 30);
        let balance = live.ledger().balance();
        assert_eq!(balance.reserved, Decimal::ZERO, "seed {seed}");
        assert!(balance.spent <= cap, "seed {seed}: {} of {cap}", balance.spent);
        assert!(
            balance.spent <= worst * Decimal::from(Patience::default().attempts),
            "the plan counts retries"
        );
        let billed = live.transport.bill.lock().unwrap().0;
        assert!(billed <= balance.spent, "seed {seed}: the ledger says less than the bill");
        if balance.attempts == 0 {
            assert_eq!(live.ledger().in_words(), "Nothing was sent.");
        }
        bound += usize::from(ends.over_budget > 0);
        retries += ends.retries;
        doubts += CALLS[..30].iter().filter(|(call, _)| live.doubt(call).is_some()).count();
    }
    assert!(bound > 500, "the caps must bind: {bound}");
    assert!(retries > 100, "and stop retries: {retries}");
    assert!(doubts > 500, "and the service must lie: {doubts}");
}

#[test]
fn with_faults_and_money_every_call_ends_answered_once() {
    let faults = Faults { throttled: 30, failing: 5, breaking: 2, ..Faults::default() };
    let live = live(7, Decimal::ONE_HUNDRED, faults);
    assert_eq!(run(&live, 300), Ends { answered: 300, ..Ends::default() });
    let counts = live.transport.answered.lock().unwrap();
    assert_eq!(counts.len(), 300);
    assert!(counts.values().all(|count| *count == 1), "nothing is sent again after it was answered");
}

#[test]
fn a_service_that_never_answers_is_not_asked_three_hundred_times() {
    for faults in
        [Faults { nonsense: 100, ..Faults::default() }, Faults { unreached: 100, ..Faults::default() }]
    {
        let live = live(7, Decimal::ONE_HUNDRED, faults);
        assert_eq!(run(&live, 300).given_up, 300);
        let worst = CALLS.iter().map(|(_, worst)| *worst).max().unwrap();
        // Eight calls in a row, and what is in flight of two models by then.
        assert!(live.ledger().balance().spent <= worst * Decimal::from(16), "{}", live.ledger().in_words());
    }
}
