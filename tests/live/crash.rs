//! Kills, full disks, two runs at once: nothing is lost or half-written.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tutor_recording::Store;

use super::{fixtures, requests};
use crate::project::Project;

const TUTOR: &str = env!("CARGO_BIN_EXE_tutor");

fn record(project: &Project) -> Command {
    let mut command = Command::new(TUTOR);
    command.args(["record", "--practice", "--all", "--accept"]).current_dir(project.path(""));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// `SplitMix64`.
fn random(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn killed_at_two_hundred_moments_every_file_is_the_old_or_the_new_one() {
    let project = Project::with_chapter(&requests(5));
    let start = Instant::now();
    assert!(record(&project).status().expect("tutor runs").success());
    let whole = u64::try_from(start.elapsed().as_micros()).expect("a short time");
    let all = fixtures(&project).len();
    for moment in 0..200 {
        // Every other time there is nothing yet, else other answers are about to take the place.
        if moment % 2 == 0 {
            std::fs::remove_dir_all(project.path("fixtures")).expect("the fixtures");
        }
        let text = format!("[[answer]]\nprompt = \"Question 1\"\ntext = \"Answer {moment}.\"\n");
        project.write("fixtures/practice.toml", &text);
        let mut child = record(&project).spawn().expect("tutor runs");
        std::thread::sleep(Duration::from_micros(random(moment) % (whole + whole / 4)));
        let _ = child.kill();
        child.wait().expect("it ends");
        let store = Store::open(project.path("fixtures")).expect("a folder");
        for file in store.files() {
            assert!(
                file.recording.is_ok(),
                "moment {moment}: {}: {:?}",
                file.path.display(),
                file.recording.err()
            );
        }
    }
    assert!(record(&project).status().expect("tutor runs").success(), "the next run finishes");
    std::fs::remove_file(project.path("fixtures/practice.toml")).expect("the texts");
    let left = fixtures(&project);
    assert_eq!(
        left.len(),
        all,
        "and clears away what was half-written: {:?}",
        left.iter().map(|(path, _)| path).collect::<Vec<_>>()
    );
}

#[test]
fn two_runs_at_once_are_kept_apart() {
    let project = Project::with_chapter(&requests(1));
    let lock = tutor_recording::lock::Lock::take(&project.path("fixtures")).expect("the lock");
    let done = project.tutor(["record", "--practice"]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("another tutor is writing"), "{}", done.stderr);
    drop(lock);
    assert_eq!(project.tutor(["record", "--practice"]).code, Some(0));
}

#[test]
fn fixtures_that_are_no_folder_are_refused() {
    let project = Project::with_chapter(&requests(1));
    project.write("fixtures", "a file");
    let done = project.tutor(["record", "--practice"]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("is not a folder"), "{}", done.stderr);
    assert_eq!(project.read("fixtures"), "a file");
}

/// A folder in the place of a file is a fault that no permission can get around, not even root's.
#[test]
fn a_file_that_cannot_be_written_loses_no_other() {
    let project = Project::with_chapter(&requests(3));
    assert_eq!(project.tutor(["record", "--practice", "--accept"]).code, Some(0));
    let (first, _) = fixtures(&project).into_iter().next().expect("a recording");
    std::fs::remove_file(project.path(&first)).expect("the file");
    std::fs::create_dir_all(project.path(&first).join("in the way")).expect("a folder");
    let before = fixtures(&project).len();
    let done = project.tutor(["record", "--practice", "--accept"]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("it is no ordinary file"), "{}", done.stderr);
    assert_eq!(fixtures(&project).len(), before);
    assert_eq!(project.tutor(["record", "--verify"]).code, Some(0));
}

/// The system refuses every file above 8 kB: the small recording is written, the picture's is not.
#[cfg(unix)]
#[test]
fn a_disk_that_takes_no_more_loses_nothing() {
    let picture = "\n```toml bedrock\nmodel = \"stability.stable-diffusion-xl-v1\"\noperation = \"InvokeModel\"\n\
                   body = { text_prompts = [{ text = \"a lighthouse\" }], width = 1024, height = 1024 }\n```\n";
    let project = Project::with_chapter(&(requests(1) + picture));
    let mut limited = Command::new("bash");
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" record --practice --accept";
    limited.args(["-c", script, TUTOR]);
    let done = project.run(limited, "");
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("cannot write"), "{}", done.stderr);
    assert!(done.stderr.contains("space left on the disk"), "{}", done.stderr);
    let stored: Vec<String> = fixtures(&project).into_iter().map(|(path, _)| path).collect();
    assert!(stored.iter().all(|path| path.contains("nova-lite")), "nothing half-written: {stored:?}");
    assert_eq!(project.tutor(["record", "--verify"]).code, Some(0));
    let done = project.tutor(["record", "--practice", "--accept"]);
    assert_eq!(done.code, Some(0), "the next run finishes: {}", done.stderr);
    assert_eq!(fixtures(&project).len(), 2);
}

#[cfg(unix)]
#[test]
fn ctrl_c_finishes_what_is_under_way_and_the_next_run_goes_on() {
    use std::io::BufRead as _;
    let project = Project::with_chapter(&requests(24));
    let mut endpoint = Command::new(TUTOR)
        .args(["endpoint", "--quiet", "--pace", "0", "--latency", "150"])
        .current_dir(project.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("an endpoint");
    let mut url = String::new();
    let mut lines = std::io::BufReader::new(endpoint.stdout.take().expect("a pipe"));
    lines.read_line(&mut url).expect("its address");
    let live = |project: &Project| {
        let mut command = Command::new(TUTOR);
        command.args(["record", "--yes", "--region", "us-east-1", "--endpoint-url", url.trim()]);
        command
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env_remove("AWS_PROFILE");
        command
            .current_dir(project.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    };
    let child = live(&project).spawn().expect("tutor runs");
    while fixtures(&project).is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let stored = fixtures(&project).len();
    assert!((1..24).contains(&stored), "{stored}: {stderr}");
    assert!(stderr.contains(&format!("Recorded {stored}, ")), "{stderr}");
    let output = live(&project).output().expect("tutor runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains(&format!("Recorded {}, {stored} already recorded", 24 - stored)), "{stderr}");
    endpoint.kill().expect("the endpoint ends");
    endpoint.wait().expect("the endpoint ends");
}
