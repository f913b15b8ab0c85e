//! Other people's programs: where Python with boto3 is, and how a script ends with everything
//! it started. Challenges run a learner's script, captures a
//! chapter's own code.

pub(crate) mod group;
pub mod programs;
pub mod python;
