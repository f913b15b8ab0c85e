//! Text as values.

use jiter::{Jiter, JiterError, NumberAny, NumberInt, Peek};

use super::object::{JsonObject, Name};
use super::{Json, JsonError, MAX_DEPTH};

impl Json {
    /// Reads one JSON document. Refuses NaN, infinities, duplicate keys and nesting beyond
    /// [`MAX_DEPTH`].
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        Reader { jiter: Jiter::new(text), items: Vec::new(), members: Vec::new() }.document()
    }
}

/// Builds values as the text is read. What belongs to arrays and objects that are not closed yet waits
/// on two stacks, so that each gets just the memory it needs.
struct Reader<'j> {
    jiter: Jiter<'j>,
    items: Vec<Json>,
    members: Vec<(Name, Json)>,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Json, JsonError> {
        let first = self.jiter.peek().map_err(|error| self.syntax(&error))?;
        let value = self.value(first, 0)?;
        self.jiter.finish().map_err(|error| self.syntax(&error))?;
        Ok(value)
    }

    fn syntax(&self, error: &JiterError) -> JsonError {
        let line = error.get_position(&self.jiter).line;
        JsonError::Syntax { words: error.description(&self.jiter), line }
    }

    fn value(&mut self, first: Peek, depth: usize) -> Result<Json, JsonError> {
        if depth > MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        let read = match first {
            Peek::Object => return self.object(depth),
            Peek::Array => return self.array(depth),
            Peek::Null => self.jiter.known_null().map(|()| Json::Null),
            Peek::True | Peek::False => self.jiter.known_bool(first).map(Json::Bool),
            Peek::String => self.jiter.known_str().map(|text| Json::String(text.to_owned())),
            _ => self.jiter.known_number(first).map(|number| match number {
                NumberAny::Int(NumberInt::Int(value)) => Json::Int(value),
                NumberAny::Int(NumberInt::BigInt(value)) => Json::from(value),
                NumberAny::Float(value) => Json::Float(value),
            }),
        };
        match read {
            // A number too large for a binary64.
            Ok(Json::Float(value)) if !value.is_finite() => Err(JsonError::NotFinite),
            read => read.map_err(|error| self.syntax(&error)),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        let start = self.items.len();
        let mut next = self.jiter.known_array().map_err(|error| self.syntax(&error))?;
        while let Some(first) = next {
            let item = self.value(first, depth + 1)?;
            self.items.push(item);
            next = self.jiter.array_step().map_err(|error| self.syntax(&error))?;
        }
        Ok(Json::Array(self.items.drain(start..).collect()))
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        let start = self.members.len();
        let key = self.jiter.known_object().map(|key| key.map(Name::from));
        let mut next = key.map_err(|error| self.syntax(&error))?;
        while let Some(key) = next {
            let first = self.jiter.peek().map_err(|error| self.syntax(&error))?;
            let value = self.value(first, depth + 1)?;
            self.members.push((key, value));
            let key = self.jiter.next_key().map(|key| key.map(Name::from));
            next = key.map_err(|error| self.syntax(&error))?;
        }
        let object = JsonObject::of_unique(self.members.drain(start..).collect());
        object.map(Json::Object).map_err(|name| JsonError::DuplicateKey(name.into()))
    }
}
