//! What an answer or a message of a stream holds, as bytes and as JSON.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use super::json::Json;

/// A payload: bytes as they came over the wire, and the JSON they are, if they are. Each is made from
/// the other when it is asked for first, and kept. It reads as its bytes, and equals what has the same.
#[derive(Clone)]
pub struct Body {
    // One of the two is there from the start.
    bytes: OnceLock<Vec<u8>>,
    json: OnceLock<Option<Box<Json>>>,
}

impl Body {
    /// Its JSON; `None` if it is something else.
    pub fn json(&self) -> Option<&Json> {
        self.json.get_or_init(|| Json::parse(self).ok().map(Box::new)).as_deref()
    }

    /// Its bytes as text, with a sign in the place of what is not UTF-8.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(self).into_owned()
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get_or_init(|| {
            let json = self.json.get().and_then(Option::as_deref);
            json.map(|json| json.to_compact().into_bytes()).unwrap_or_default()
        })
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Body { bytes: bytes.into(), json: OnceLock::new() }
    }
}

/// Its bytes are the JSON's compact form.
impl From<Json> for Body {
    fn from(json: Json) -> Self {
        Body { bytes: OnceLock::new(), json: Some(Box::new(json)).into() }
    }
}

impl From<Body> for Vec<u8> {
    fn from(mut body: Body) -> Self {
        let _ = &*body;
        body.bytes.take().unwrap_or_default()
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_json_are_made_from_each_other() {
        let from_bytes = Body::from(br#"{"a":1.50}"#.to_vec());
        assert_eq!(from_bytes.json().unwrap().to_compact(), r#"{"a":1.5}"#);
        assert_eq!(&*from_bytes, br#"{"a":1.50}"#, "the bytes stay");
        let from_json = Body::from(from_bytes.json().unwrap().clone());
        assert_eq!(&*from_json, br#"{"a":1.5}"#);
        assert_ne!(from_bytes, from_json);
        assert_eq!(Vec::from(from_json), br#"{"a":1.5}"#);
        assert_eq!(Body::from(b"plain".to_vec()).json(), None);
    }
}
