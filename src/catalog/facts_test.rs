//! What the embedded file must hold.
