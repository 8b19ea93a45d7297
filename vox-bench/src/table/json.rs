//! The report for machines. Times are in nanoseconds per encode; what was not
//! measured is `null`.

use serde_json::{Map, Value, json};

use crate::contender::Column;
use crate::report::{Calls, Cell, Report, Row, Statement};

/// The report as one JSON document.
#[must_use]
pub fn to_json(report: &Report) -> String {
    let document = json!({
        "machine": {
            "architecture": report.machine.architecture,
            "system": report.machine.system,
            "processor": report.machine.processor,
        },
        "plan": {
            "rounds": report.plan.rounds,
            "turn_ns": report.plan.turn.as_secs_f64() * 1e9,
        },
        "proof": {
            "workloads": report.proof.workloads,
            "values": report.proof.values,
            "modes": report.proof.modes,
            "read_back": report.proof.read_back,
        },
        "rows": report.rows.iter().map(row).collect::<Vec<Value>>(),
        "statements": report.statements().iter().map(statement).collect::<Vec<Value>>(),
        "notes": report.notes,
    });
    // A `Value` prints itself, and has nothing that JSON has not: serde_json
    // makes `null` of floats that are no numbers.
    format!("{document:#}")
}

fn row(row: &Row) -> Value {
    let cells = row.cells.iter();
    let columns: Map<String, Value> = cells
        .map(|cell| (cell.column.key().to_owned(), describe_cell(row, cell)))
        .collect();
    json!({
        "workload": row.workload,
        "values": row.values,
        "bytes": row.bytes,
        "columns": columns,
        "trampoline_cost_ns": row.trampoline_cost_ns(),
    })
}

fn describe_cell(row: &Row, cell: &Cell) -> Value {
    let timing = cell.timing;
    json!({
        "ns": timing.map(|it| it.median_ns),
        "lower_quartile_ns": timing.map(|it| it.lower_quartile_ns),
        "upper_quartile_ns": timing.map(|it| it.upper_quartile_ns),
        "iterations": timing.map(|it| it.iterations),
        "speed": row.speed(cell.column, Column::SerdePostcard),
        "calls": cell.calls.as_ref().map(describe_calls),
    })
}

fn describe_calls(calls: &Calls) -> Value {
    json!({
        "vtable": calls.vtable,
        "trampoline": calls.trampoline,
        "c_trampoline": calls.c_trampoline,
        "accessor": calls.accessor,
    })
}

fn statement(statement: &Statement) -> Value {
    json!({
        "workload": statement.workload,
        "subject": statement.subject.key(),
        "reference": statement.reference.key(),
        "speed": statement.speed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{report, row};

    #[test]
    fn missing_times_are_null() {
        let interpreted = [Some(1000.0), None, None, None, Some(f64::NAN), None];
        let text = to_json(&report(vec![row("gnarly_16", interpreted)]));
        let document: Value = serde_json::from_str(&text).unwrap();
        let columns = &document["rows"][0]["columns"];
        assert_eq!(columns["interpreter"]["ns"], 1000.0);
        assert_eq!(columns["interpreter"]["calls"]["vtable"], 100.0);
        assert!(columns["inline"]["ns"].is_null());
        assert!(columns["inline"]["calls"].is_null());
        assert!(columns["serde_postcard"]["ns"].is_null());
    }
}
