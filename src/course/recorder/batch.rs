//! A plan as input of Bedrock's batch inference: JSON lines, a job a model, and the commands that run it.
//!
//! tutor sends nothing itself. What comes back (`*.jsonl.out`) is brought in with `tutor import`, which
//! finds model and operation in the [`Manifest`] that lies beside the input. Sources: Amazon Bedrock user
//! guide, "Format and upload your batch inference data" and "Create a batch inference job", read
//! 2026-11-20.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::Plan;
use tutor_bedrock::{Json, Operation, model_id};

/// The file that says which job asks which model.
pub const MANIFEST: &str = "tutor-batch.json";
/// The fewest records Bedrock takes in one job: the service quota "Minimum number of records per batch
/// inference job" varies by model, and 100 is what users report of the newer ones (BAML's documentation,
/// 2026-08-12).
pub const FEWEST: usize = 100;
/// The version of the manifest.
const VERSION: u32 = 1;

/// A plan as jobs.
#[derive(Debug, Default)]
pub struct Batch {
    jobs: Vec<(Job, Vec<(String, Json)>)>,
    /// Calls that batch inference does not answer: name, and why.
    pub left_out: Vec<(String, &'static str)>,
}

/// What the jobs ask, for whoever brings the answers in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    /// The jobs.
    pub jobs: Vec<Job>,
}

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Job {
    /// The name of its input; its output has `.out` behind it.
    pub file: String,
    /// `InvokeModel` or `Converse`.
    pub operation: String,
    /// The model id.
    pub model_id: String,
    /// How many records it has.
    pub records: usize,
}

impl Batch {
    /// The jobs of a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut batch = Batch::default();
        let mut jobs: IndexMap<(Operation, &str), Vec<(String, Json)>> = IndexMap::new();
        for job in &plan.jobs {
            let call = &job.call;
            if let Some(why) = refused(call) {
                batch.left_out.push((format!("{}#{}", job.chapter, job.name), why));
                continue;
            }
            let records = jobs.entry((call.operation, &call.model_id)).or_default();
            for sample in 0..job.samples {
                // Eleven letters and digits, as older pages of the guide ask for.
                records.push((format!("{}{sample:03}", call.key().short(8)), call.body.clone()));
            }
        }
        for ((operation, model_id), records) in jobs {
            let kind = if operation.is_converse() { "converse" } else { "invoke" };
            let mut file = format!("{}-{kind}.jsonl", model_id::short(model_id));
            for number in 2.. {
                if !batch.jobs.iter().any(|(job, _)| job.file == file) {
                    break;
                }
                file = format!("{}-{kind}-{number}.jsonl", model_id::short(model_id));
            }
            let (operation, model_id) = (operation.name().to_owned(), model_id.to_owned());
            batch.jobs.push((Job { file, operation, model_id, records: records.len() }, records));
        }
        batch
    }

    /// The jobs.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().map(|(job, _)| job)
    }

    /// Writes input and manifest into a folder that is new or empty.
    ///
    /// # Errors
    /// The folder holds something, or cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        if folder.read_dir()?.next().is_some() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the folder is not empty"));
        }
        for (job, records) in &self.jobs {
            let mut lines = String::new();
            for (id, body) in records {
                let _ = writeln!(lines, "{{\"recordId\":\"{id}\",\"modelInput\":{}}}", body.to_compact());
            }
            fs::write(folder.join(&job.file), lines)?;
        }
        let manifest = Manifest { version: VERSION, jobs: self.jobs().cloned().collect() };
        // Last: a folder with a manifest is whole.
        fs::write(folder.join(MANIFEST), serde_json::to_string_pretty(&manifest)? + "\n")
    }

    /// The commands that upload, run and fetch, for the AWS CLI. `BUCKET` and `ROLE_ARN` are the
    /// person's to fill in.
    pub fn commands(&self, folder: &Path, region: &str) -> String {
        let folder = folder.display();
        let mut out = format!(
            "aws s3 cp '{folder}' s3://BUCKET/tutor-batch/ --recursive --exclude '*' --include '*.jsonl'\n"
        );
        for job in self.jobs() {
            let name = job.file.trim_end_matches(".jsonl").replace('.', "-");
            let kind = if job.operation == Operation::Converse.name() {
                " --model-invocation-type Converse"
            } else {
                ""
            };
            let _ = writeln!(
                out,
                "aws bedrock create-model-invocation-job --region {region} --job-name 'tutor-{name}' --role-arn ROLE_ARN \
                 --model-id '{}'{kind} --input-data-config \
                 '{{\"s3InputDataConfig\":{{\"s3InputFormat\":\"JSONL\",\"s3Uri\":\"s3://BUCKET/tutor-batch/{}\"}}}}' \
                 --output-data-config '{{\"s3OutputDataConfig\":{{\"s3Uri\":\"s3://BUCKET/tutor-batch-out/\"}}}}'",
                job.model_id, job.file
            );
        }
        let _ = writeln!(
            out,
            "aws s3 cp s3://BUCKET/tutor-batch-out/ '{folder}' --recursive --exclude '*' --include '*.jsonl.out'"
        );
        let _ = writeln!(out, "tutor import '{folder}'");
        out
    }
}

impl Manifest {
    /// The manifest in `folder`, if there is one that this tutor knows.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join(MANIFEST)).ok()?;
        serde_json::from_str(&text).ok().filter(|manifest: &Manifest| manifest.version == VERSION)
    }

    /// The job whose output a file is, by its name.
    pub fn job_of(&self, output: &Path) -> Option<&Job> {
        let name = output.file_name()?.to_str()?;
        let name = name.trim_end_matches(".gz").strip_suffix(".out")?;
        self.jobs.iter().find(|job| job.file == name)
    }
}

/// Why batch inference does not answer a call.
fn refused(call: &tutor_bedrock::Call) -> Option<&'static str> {
    let has = |name: &str| call.body.get(name).is_some();
    match () {
        () if call.streams() => Some("batch inference does not stream"),
        () if has("toolConfig") || has("tools") => Some("batch inference takes no tools"),
        () if has("guardrailConfig") || !call.options.is_empty() => {
            Some("batch inference takes no guardrail, trace or tier")
        }
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::super::plan;
    use super::*;
    use tutor_bedrock::Call;

    fn job(name: &str, call: Call, samples: u8) -> plan::Job {
        plan::Job { chapter: "a".into(), name: name.into(), place: (PathBuf::from("a.md"), 1), call, samples }
    }

    #[test]
    fn a_job_a_model_and_its_way_back() {
        let body =
            |text: &str| Json::from(json!({"messages": [{"role": "user", "content": [{"text": text}]}]}));
        let nova = "us.amazon.nova-lite-v1:0";
        let plan = Plan {
            jobs: vec![
                job("one", Call::new(Operation::Converse, nova, body("One?")), 2),
                job("two", Call::new(Operation::InvokeModel, nova, body("Two?")), 1),
                job("three", Call::new(Operation::ConverseStream, nova, body("Three?")), 1),
            ],
            ..Plan::default()
        };
        let batch = Batch::of(&plan);
        assert_eq!(batch.left_out, [("a#three".to_owned(), "batch inference does not stream")]);
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("batch");
        batch.write(&folder).unwrap();
        assert!(batch.write(&folder).is_err(), "what is there is never written over");
        let lines = fs::read_to_string(folder.join("nova-lite-converse.jsonl")).unwrap();
        let ids: Vec<String> = lines
            .lines()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["recordId"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert_eq!(ids.len(), 2);
        assert!(
            ids.iter().all(|id| id.len() == 11 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())),
            "{ids:?}"
        );
        let manifest = Manifest::read(&folder).unwrap();
        let job = manifest.job_of(Path::new("x/job1/nova-lite-invoke.jsonl.out")).unwrap();
        assert_eq!((job.operation.as_str(), job.records), ("InvokeModel", 1));
        assert_eq!(manifest.job_of(Path::new("x/other.jsonl.out")), None);
        let commands = batch.commands(&folder, "eu-west-1");
        assert!(commands.contains("--model-invocation-type Converse"), "{commands}");
        assert_eq!(commands.lines().count(), 5, "{commands}");
    }
}
