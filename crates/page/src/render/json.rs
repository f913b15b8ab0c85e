//! Scoreboards for programs.

use serde_json::{Value, json};

use super::view::ScoreRow;

/// One model with the keys of the challenge's results. Money is a string of digits, never a float.
pub fn score_row(row: &ScoreRow) -> Value {
    match &row.result {
        Err(error) => {
            json!({"model_id": row.model_id, "name": row.name, "success": false, "error": error})
        }
        Ok(scored) => {
            let parts: serde_json::Map<String, Value> =
                scored.parts.iter().map(|(name, part)| (name.clone(), json!(part))).collect();
            json!({
                "model_id": row.model_id,
                "name": row.name,
                "success": true,
                "output": scored.output,
                "latency_ms": scored.latency_ms,
                "input_tokens": scored.input_tokens,
                "output_tokens": scored.output_tokens,
                "cost_usd": scored.cost.map(|cost| cost.normalize().to_string()),
                "score": scored.score,
                "score_parts": parts,
            })
        }
    }
}
