//! How tutor reaches people: archives, npm packages, the steps of the GitHub Action.
//!
//! Programs are stand-ins here, scripts that say what they were asked; only the Action's steps run tutor itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::project::{Done, Project};

const CHAPTER: &str = "# One request\n\n```toml bedrock\nmodel = \"amazon.nova-lite-v1:0\"\nprompt = \"Hi\"\nmax-tokens = 9\n```\n";

/// Stand-ins for both programs, in a folder of `project`.
fn programs(project: &Project) -> PathBuf {
    let script = "#!/bin/sh\n\
        case \"$1\" in\n\
        --version) echo \"tutor 9.8.7\" ;;\n\
        completions) [ \"$2\" = --manual ] && mkdir -p \"$3\" && echo page > \"$3/tutor.1\"; echo \"for $2\" ;;\n\
        stop) kill -TERM $$ ;;\n\
        *) echo \"$(basename \"$0\"): $*\"; cat; exit 7 ;;\n\
        esac\n";
    for name in ["tutor", "mdbook-tutor"] {
        let path = project.path(&format!("programs/{name}"));
        project.write(&format!("programs/{name}"), script);
        executable(&path);
    }
    project.path("programs")
}

fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

fn packaging(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(file)
}

/// Runs a script with these variables, and expects that to work.
fn sh(project: &Project, script: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Done {
    let mut command = Command::new("sh");
    command.arg(packaging(script)).args(arguments).envs(variables.iter().copied());
    project.run(command, "")
}

/// The archive's triple for the machine that tests run on.
fn triple() -> String {
    let system = if cfg!(target_os = "macos") { "apple-darwin" } else { "unknown-linux-musl" };
    format!("{}-{system}", std::env::consts::ARCH)
}

#[test]
fn an_archive_is_installed_only_as_its_checksum_says() {
    let project = Project::empty();
    let programs = programs(&project).display().to_string();
    let release = project.path("releases/v9.8.7").display().to_string();
    let done = sh(&project, "archive.sh", &[&programs, &triple(), &release], &[]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let archive = format!("releases/v9.8.7/mdbook-tutor-9.8.7-{}.tar.gz", triple());
    let mut list = Command::new("tar");
    list.args(["-tzf", &archive]);
    let listed = project.run(list, "").stdout;
    for file in [
        "/tutor\n",
        "/mdbook-tutor\n",
        "/man1/tutor.1",
        "/completions/tutor.zsh",
        "/LICENSE-MIT",
        "/README.md",
    ] {
        assert!(listed.contains(file), "{file}: {listed}");
    }
    let releases = format!("file://{}", project.path("releases").display());
    let into = project.path("into").display().to_string();
    let install = |version: &str| {
        let variables =
            [("TUTOR_RELEASES", releases.as_str()), ("TUTOR_VERSION", version), ("TUTOR_INTO", &into)];
        sh(&project, "install.sh", &[], &variables)
    };
    let done = install("9.8.7");
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), "tutor 9.8.7\n"), "{}", done.stderr);
    assert!(project.path("into/mdbook-tutor").is_file());
    let done = install("1.2.3");
    assert_eq!(done.code, Some(1));
    assert!(done.stderr.contains("is there such a version?"), "{}", done.stderr);
    std::fs::remove_dir_all(&into).expect("a folder");
    let mut bytes = std::fs::read(project.path(&archive)).expect("an archive");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(project.path(&archive), bytes).expect("a file");
    let done = install("9.8.7");
    assert_eq!(done.code, Some(1));
    assert!(done.stderr.contains("is not what its checksum says"), "{}", done.stderr);
    assert!(!project.path("into/tutor").exists());
}

#[test]
fn npm_chooses_the_platforms_package_and_the_launcher_ends_as_the_program_does() {
    let project = Project::empty();
    let programs = programs(&project).display().to_string();
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let cpu = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let ours = format!("{system}-{cpu}");
    let mut build = Command::new("node");
    build.arg(packaging("npm/build.mjs")).args(["9.8.7", "out"]);
    for platform in ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"] {
        build.arg(format!("{platform}={programs}"));
    }
    let done = project.run(build, "");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let pack = |package: &str| {
        let mut npm = Command::new("npm");
        npm.args(["pack", "--silent", &format!("./out/{package}")]);
        let done = project.run(npm, "");
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        format!("./{}", done.stdout.trim())
    };
    let packages = [pack("mdbook-tutor"), pack(&format!("mdbook-tutor-{ours}"))];
    project.write("package.json", "{\"private\": true}");
    let mut npm = Command::new("npm");
    npm.args(["install", "--offline", "--no-audit", "--no-fund", "--silent", "--omit=optional"])
        .args(&packages);
    let done = project.run(npm, "");
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let start = |arguments: &[&str]| {
        let mut command = Command::new(project.path("node_modules/.bin/mdbook-tutor"));
        command.args(arguments);
        project.run(command, "from outside")
    };
    let done = start(&["a", "b c"]);
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (Some(7), "mdbook-tutor: a b c\nfrom outside"),
        "{}",
        done.stderr
    );
    assert_eq!(start(&["stop"]).code, None, "a signal ends the launcher, too");
    std::fs::remove_dir_all(project.path(&format!("node_modules/mdbook-tutor-{ours}"))).expect("a package");
    let done = start(&[]);
    assert_eq!(done.code, Some(1));
    assert!(done.stderr.contains("there is no program for"), "{}", done.stderr);
}

#[test]
fn the_actions_steps_annotate_and_report() {
    let chapter = format!("{CHAPTER}\nNova Lite costs $0.07 per 1M input tokens.\n");
    let project = Project::with_chapter(&chapter).recorded();
    let tutor = Path::new(env!("CARGO_BIN_EXE_tutor")).parent().expect("a folder").display().to_string();
    let path = format!("{tutor}:{}", std::env::var("PATH").expect("a path"));
    let reports = [("TUTOR_SARIF", "reports/tutor.sarif"), ("TUTOR_JUNIT", "reports/tutor.xml")];
    let steps = || sh(&project, "action/course.sh", &[], &[("PATH", path.as_str()), reports[0], reports[1]]);
    let done = steps();
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stdout.contains("::error file=src/chapter.md,line=9"), "{}", done.stdout);
    let sarif: Value = serde_json::from_str(&project.read(reports[0].1)).expect("JSON");
    let found = sarif["runs"][0]["results"].as_array().expect("results");
    assert!(found.iter().any(|result| result["ruleId"] == "price-wrong"), "{found:#?}");
    assert!(project.read(reports[1].1).contains("<failure "));
    assert!(project.path("book/chapter.html").is_file(), "the book is built as well");
    project.write("src/chapter.md", CHAPTER);
    let done = steps();
    assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
    // What cannot be looked at is the job's failure, too.
    project.write("book.toml", "[");
    let done = steps();
    assert_eq!(done.code, Some(2), "{}", done.stderr);
}
