//! Who answers a call.
