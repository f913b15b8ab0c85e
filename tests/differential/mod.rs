//! tutor against real Python: generated programs are run by `python3` with a recording stand-in for
//! boto3, and read by tutor. Whatever tutor calls resolved must have been sent in every run, with
//! that content, under that statement, and as often.
//!
//! `TUTOR_DIFFERENTIAL_SEED` and `TUTOR_DIFFERENTIAL_PROGRAMS` try other programs, or more of them.
//! A failure prints the program, made as small as it still fails.

mod compare;
mod generate;
mod program;
mod python;
mod regressions;
mod rng;
mod semantics;

use compare::{Tally, Verdict, judge};
use program::Program;
use python::{Care, Python};
use rng::Rng;

/// How many programs a run tries unless `TUTOR_DIFFERENTIAL_PROGRAMS` says otherwise.
const PROGRAMS: u64 = 10_000;
/// How many programs go to Python at a time.
const BATCH: usize = 250;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Reads and runs `programs`; gives the figures, and which of them tutor gets wrong and how.
fn try_all(python: &mut Python, programs: &[Program], care: Care) -> (Tally, Vec<(usize, String)>) {
    let texts: Vec<Vec<String>> = programs.iter().map(Program::fences).collect();
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for (index, (fences, runs)) in texts.iter().zip(python.run(&texts, care)).enumerate() {
        let Verdict { tally: one, complaint } = judge(fences, &runs);
        tally.add(&one);
        wrong.extend(complaint.map(|complaint| (index, complaint)));
    }
    (tally, wrong)
}

/// The smallest program found that still fails, with its complaint.
fn shrink(python: &mut Python, mut program: Program, mut complaint: String) -> (Program, String) {
    for _ in 0..400 {
        let smaller = program.smaller();
        let Some((better, words)) = smaller.chunks(20).find_map(|chunk| {
            let (_, wrong) = try_all(python, chunk, Care::Strict);
            wrong.into_iter().next().map(|(index, words)| (chunk[index].clone(), words))
        }) else {
            break;
        };
        (program, complaint) = (better, words);
    }
    (program, complaint)
}

fn try_seeds(seeds: std::ops::Range<u64>) -> (Tally, Vec<String>) {
    let mut python = Python::start();
    let mut tally = Tally::default();
    let mut reports = Vec::new();
    let most = usize::try_from(setting("TUTOR_DIFFERENTIAL_FAILURES", 1)).unwrap_or(1);
    let seeds: Vec<u64> = seeds.collect();
    for batch in seeds.chunks(BATCH) {
        let programs: Vec<Program> = batch.iter().map(|seed| generate::program(Rng::new(*seed))).collect();
        let (one, wrong) = try_all(&mut python, &programs, Care::Trusting);
        tally.add(&one);
        for (index, complaint) in wrong {
            let (program, complaint) = shrink(&mut python, programs[index].clone(), complaint);
            reports.push(format!("seed {}: {complaint}\n\n{}", batch[index], program.markdown()));
            if reports.len() >= most {
                return (tally, reports);
            }
        }
    }
    (tally, reports)
}

#[test]
fn whatever_tutor_resolves_real_python_sends() {
    let first = setting("TUTOR_DIFFERENTIAL_SEED", 1) << 32;
    let count = setting("TUTOR_DIFFERENTIAL_PROGRAMS", PROGRAMS);
    let middle = first + count / 2;
    let halves = std::thread::scope(|scope| {
        let workers = [first..middle, middle..first + count].map(|seeds| scope.spawn(|| try_seeds(seeds)));
        workers.map(|worker| worker.join().expect("a worker panicked"))
    });
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    for (half, reports) in halves {
        tally.add(&half);
        failures.extend(reports);
    }
    println!("{tally}");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(tally.is_telling(), "the test says little: {tally}");
}

/// Runs `programs`, of which at least `finishing` percent must reach their end.
fn hold(programs: &[Program], finishing: usize) {
    let mut python = Python::start();
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    for batch in programs.chunks(BATCH) {
        let (one, wrong) = try_all(&mut python, batch, Care::Trusting);
        tally.add(&one);
        failures.extend(
            wrong.into_iter().map(|(index, complaint)| format!("{complaint}\n{}", batch[index].markdown())),
        );
    }
    println!("{tally}");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(tally.finished_percent() >= finishing, "too many of these programs do not run: {tally}");
}

#[test]
fn awkward_values_are_python_s_own() {
    hold(&generate::value_programs(), 85);
}

#[test]
fn known_traps_catch_nothing() {
    hold(&generate::trick_programs(), 90);
}

#[test]
#[ignore = "prints programs and how their runs end, for looking at the generator"]
fn show_programs() {
    let first = setting("TUTOR_DIFFERENTIAL_SEED", 1) << 32;
    let seeds = first..first + setting("TUTOR_DIFFERENTIAL_PROGRAMS", 5);
    let programs: Vec<Program> = seeds.map(|seed| generate::program(Rng::new(seed))).collect();
    let texts: Vec<_> = programs.iter().map(Program::fences).collect();
    for (program, runs) in programs.iter().zip(Python::start().run(&texts, Care::Trusting)) {
        println!("{}", program.markdown());
        for run in &runs {
            println!(
                "sent {}, {}",
                run.sent.len(),
                if run.completed { "completed" } else { run.error.as_str() }
            );
        }
    }
}
