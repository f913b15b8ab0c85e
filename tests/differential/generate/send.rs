//! Requests, written in the ways people write them.

use super::super::program::Statement;
use super::{Type, Writer};

const MODELS: [&str; 3] = [
    "\"anthropic.claude-3-haiku-20240307-v1:0\"",
    "\"amazon.nova-lite-v1:0\"",
    "\"amazon.titan-text-express-v1\"",
];

impl Writer {
    /// Statements that send one request, and perhaps read its answer into a new variable.
    pub(super) fn send(&mut self, out: &mut Vec<Statement>) {
        if self.rng.chance(40)
            && let Some(probe) = self.probe()
        {
            return out.push(Statement::line(probe));
        }
        let depth = 1 + self.rng.below(2);
        let call = match self.rng.below(10) {
            0..=4 => self.invoke(depth, out),
            _ => self.converse(depth, out),
        };
        let (expression, reading) = call;
        if self.rng.chance(45) {
            out.push(Statement::line(expression));
            return;
        }
        let answer = self.name("r");
        out.push(Statement::line(format!("{answer} = {expression}")));
        if self.rng.chance(50) {
            let text = self.name("t");
            out.push(Statement::line(format!("{text} = {}", reading.replace('@', &answer))));
            self.declare(&text, Type::Text);
        }
    }

    /// A request of nothing but one or two variables: a stale value shows best there.
    fn probe(&mut self) -> Option<String> {
        let names: Vec<String> = self.scope.variables.iter().map(|variable| variable.name.clone()).collect();
        if names.is_empty() {
            return None;
        }
        let (one, other) = (self.rng.pick(&names).clone(), self.rng.pick(&names).clone());
        let value = if self.rng.chance(70) { one } else { format!("[{one}, {other}]") };
        let model = self.rng.pick(&MODELS);
        Some(format!("client.invoke_model(modelId={model}, body=json.dumps({{\"v\": {value}}}))"))
    }

    fn model(&mut self) -> String {
        if self.rng.chance(15) { self.expression(Type::Text, 1) } else { self.rng.pick(&MODELS).to_string() }
    }

    /// An expression that sends, and one that reads the answer `@`.
    fn invoke(&mut self, depth: usize, out: &mut Vec<Statement>) -> (String, &'static str) {
        let body = self.body_expression(depth, out);
        let model = self.model();
        let reading = "json.loads(@[\"body\"].read())[\"content\"][0][\"text\"]";
        match self.rng.below(6) {
            0 => (
                format!("client.invoke_model_with_response_stream(modelId={model}, body=json.dumps({body}))"),
                "\"\".join(json.loads(e[\"chunk\"][\"bytes\"])[\"delta\"][\"text\"] for e in @[\"body\"])",
            ),
            1 => {
                let name = self.name("k");
                out.push(Statement::line(format!(
                    "{name} = {{\"modelId\": {model}, \"body\": json.dumps({body}), \"accept\": \"application/json\"}}"
                )));
                (format!("client.invoke_model(**{name})"), reading)
            }
            2 => {
                let name = self.name("b");
                out.push(Statement::line(format!("{name} = json.dumps({body})")));
                (format!("client.invoke_model(body={name}, modelId={model})"), reading)
            }
            3 => (format!("client.invoke_model(modelId={model}, body=json.dumps({body}).encode())"), reading),
            _ => (format!("client.invoke_model(modelId={model}, body=json.dumps({body}))"), reading),
        }
    }

    fn body_expression(&mut self, depth: usize, out: &mut Vec<Statement>) -> String {
        let text = self.expression(Type::Text, depth);
        match self.rng.below(5) {
            0 => self.expression(Type::Options, depth),
            1 => {
                let (options, ty) = (self.expression(Type::Options, depth), Type::Int);
                format!("{{\"prompt\": {text}, \"max_tokens\": {}, **{options}}}", self.expression(ty, depth))
            }
            2 => format!(
                "{{\"messages\": [{{\"role\": \"user\", \"content\": {text}}}], \"temperature\": {}}}",
                self.expression(Type::Float, depth)
            ),
            3 => {
                let name = self.name("body");
                out.push(Statement::line(format!("{name} = {{\"prompt\": {text}}}")));
                out.push(Statement::line(format!("{name}[\"n\"] = {}", self.expression(Type::Int, depth))));
                self.declare(&name, Type::Options);
                name
            }
            _ => format!("{{\"inputText\": {text}, \"stop\": {}}}", self.expression(Type::Texts, depth)),
        }
    }

    fn converse(&mut self, depth: usize, out: &mut Vec<Statement>) -> (String, &'static str) {
        let model = self.model();
        let messages = self.expression(Type::Messages, depth);
        let mut arguments = format!("modelId={model}, messages={messages}");
        if self.rng.chance(30) {
            let system = self.expression(Type::Text, depth);
            arguments.push_str(&format!(", system=[{{\"text\": {system}}}]"));
        }
        if self.rng.chance(30) {
            let (tokens, temperature) =
                (self.expression(Type::Int, depth), self.expression(Type::Float, depth));
            arguments.push_str(&format!(
                ", inferenceConfig={{\"maxTokens\": {tokens}, \"temperature\": {temperature}}}"
            ));
        }
        let reading = "@[\"output\"][\"message\"][\"content\"][0][\"text\"]";
        match self.rng.below(6) {
            0 => (
                format!("client.converse_stream({arguments})"),
                "\"\".join(e[\"contentBlockDelta\"][\"delta\"][\"text\"] for e in @[\"stream\"])",
            ),
            1 => {
                let name = self.name("k");
                out.push(Statement::line(format!("{name} = dict({arguments})")));
                if self.rng.chance(40) {
                    let text = self.expression(Type::Text, depth);
                    out.push(Statement::line(format!("{name}[\"system\"] = [{{\"text\": {text}}}]")));
                }
                (format!("client.converse(**{name})"), reading)
            }
            _ => (format!("client.converse({arguments})"), reading),
        }
    }

    /// A conversation: the answer, or a text in its place, becomes a turn of the next request.
    pub(super) fn conversation(&mut self, out: &mut Vec<Statement>) {
        let Some(messages) = self.variable(Type::Messages) else { return self.send(out) };
        let model = self.model();
        let answer = self.name("r");
        out.push(Statement::line(format!(
            "{answer} = client.converse(modelId={model}, messages={messages})"
        )));
        out.push(Statement::line(match self.rng.below(2) {
            0 => format!("{messages}.append({answer}[\"output\"][\"message\"])"),
            _ => {
                format!("{messages}.append({{\"role\": \"assistant\", \"content\": [{{\"text\": \"ok\"}}]}})")
            }
        }));
        let text = self.expression(Type::Text, 1);
        out.push(Statement::line(format!(
            "{messages}.append({{\"role\": \"user\", \"content\": [{{\"text\": {text}}}]}})"
        )));
    }
}
