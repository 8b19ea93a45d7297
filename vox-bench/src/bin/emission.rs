//! What baseline code costs to emit: the report's section alone, as text. Build it for release.

use vox_bench::study::{Cell, emission};

/// How often each program is emitted; the median counts.
const TIMES: usize = 5_000;

fn main() {
    let section = emission::section(TIMES);
    let (name, numbers) = section.head.split_first().expect("a name and numbers");
    print!("{name:<34}");
    numbers.iter().for_each(|head| print!("{head:>14}"));
    println!();
    for line in &section.lines {
        line.iter().for_each(print);
        println!();
    }
    for statement in &section.statements {
        let verdict = if statement.holds { "holds" } else { "MISSED" };
        println!("{verdict}: {}", statement.text);
    }
}

fn print(cell: &Cell) {
    match cell {
        Cell::Text(text) => print!("{text:<34}"),
        Cell::Number { value, digits } => print!("{value:>14.digits$}"),
        Cell::Nothing => print!("{:>14}", "-"),
    }
}
