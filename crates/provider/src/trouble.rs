//! What stands between a person and a service's answer, and what to do about it.

/// Why there is no answer, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ServiceError {
    /// Its kind.
    pub trouble: Trouble,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No region is set.
    NoRegion,
    /// There are no credentials.
    NoCredentials,
    /// They have expired.
    Expired,
    /// They are not valid.
    InvalidCredentials,
    /// The account has no access to the model.
    NoAccess,
    /// The person may not invoke it.
    NotAllowed,
    /// The model is past its end of life.
    Retired,
    /// The model is legacy and closed to those who have not used it lately.
    Legacy,
    /// The model's provider wants to know the use case first.
    UseCase,
    /// Bedrock does not know the id, here or at all.
    UnknownModel,
    /// The model can be called only through an inference profile.
    ProfileNeeded,
    /// A quota is used up.
    Quota,
    /// Throttled until patience ran out.
    ThrottledOut,
    /// No whole answer in the time for one attempt.
    Timeout,
    /// The service failed until patience ran out.
    Failing,
    /// What came back is no answer, or one beyond all bounds.
    Faulty,
    /// The service cannot be reached.
    Unreachable,
    /// The request cannot be sent as it is.
    Unsendable,
    /// The request is longer than the model's context.
    TooLong,
    /// The model is not loaded yet.
    NotReady,
}

impl Trouble {
    /// Whether every other call meets the same trouble, so that a run may as well stop.
    pub fn concerns_all(self) -> bool {
        matches!(
            self,
            Trouble::NoRegion | Trouble::NoCredentials | Trouble::Expired | Trouble::InvalidCredentials
        )
    }

    /// Whether it is the service's own, so that after several in a row a run may as well stop.
    pub fn is_of_the_service(self) -> bool {
        matches!(
            self,
            Trouble::ThrottledOut
                | Trouble::Timeout
                | Trouble::Failing
                | Trouble::Faulty
                | Trouble::Unreachable
        )
    }

    /// No credentials, or none that can be loaded, for the profile if one was named.
    pub fn no_credentials(why: &str, profile: Option<&str>) -> ServiceError {
        let login = profile.map_or_else(String::new, |profile| format!(" --profile {profile}"));
        if why.to_lowercase().contains("expired") {
            return ServiceError {
                trouble: Trouble::Expired,
                message: format!("the AWS sign-in has expired: {why}"),
                help: format!("sign in again: aws sso login{login}"),
            };
        }
        let because = if why.is_empty() { String::new() } else { format!(": {why}") };
        ServiceError {
            trouble: Trouble::NoCredentials,
            message: format!("no AWS credentials could be loaded{because}"),
            help: format!(
                "sign in (aws sso login{login}), name a profile (--profile NAME), or set AWS_ACCESS_KEY_ID with \
                 AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK; without an account: tutor record --practice"
            ),
        }
    }
}
