//! Bedrock's event streams: what their frames mean.
