//! JUnit's XML as CI systems read it (the Surefire dialect, as Jenkins' `junit-10.xsd` has it).

/// Cases that belong together.
#[derive(Debug)]
pub(crate) struct Suite {
    /// What they are about.
    pub name: String,
    /// One thing each.
    pub cases: Vec<Case>,
}

/// One thing that was looked at.
#[derive(Debug)]
pub(crate) struct Case {
    /// What it is called in its suite.
    pub name: String,
    /// How it went.
    pub outcome: Outcome,
}

/// How a case went.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Well.
    Passed,
    /// Nothing fails by it.
    Skipped(String),
    /// The job fails by it.
    Failed {
        /// In a line.
        message: String,
        /// In full.
        details: String,
    },
}

/// The whole document.
pub(crate) fn write(name: &str, suites: &[Suite]) -> String {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let suites: String = suites.iter().map(Suite::xml).collect();
    format!("{head}<testsuites name=\"{}\">\n{suites}</testsuites>\n", escaped(name))
}

impl Suite {
    fn xml(&self) -> String {
        let count = |is: fn(&Outcome) -> bool| self.cases.iter().filter(|case| is(&case.outcome)).count();
        let (name, tests) = (escaped(&self.name), self.cases.len());
        let failures = count(|outcome| matches!(outcome, Outcome::Failed { .. }));
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
        let cases: String = self.cases.iter().map(|case| case.xml(&name)).collect();
        format!(
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
             skipped=\"{skipped}\">\n{cases}  </testsuite>\n"
        )
    }
}

impl Case {
    fn xml(&self, class: &str) -> String {
        let head = format!("    <testcase classname=\"{class}\" name=\"{}\"", escaped(&self.name));
        match &self.outcome {
            Outcome::Passed => format!("{head}/>\n"),
            Outcome::Skipped(message) => {
                format!("{head}><skipped message=\"{}\"/></testcase>\n", escaped(message))
            }
            Outcome::Failed { message, details } => format!(
                "{head}><failure message=\"{}\">{}</failure></testcase>\n",
                escaped(message),
                escaped(details)
            ),
        }
    }
}

/// Text as XML has it; control characters have no form there.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_no_markup_of_others() {
        assert_eq!(escaped("<b a=\"1\">&\u{1b}"), "&lt;b a=&quot;1&quot;&gt;&amp; ");
    }
}
