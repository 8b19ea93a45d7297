//! Measures everything there is to say about vox's speed, and writes it down: an HTML page with charts, and Markdown.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use vox_bench::hand;
use vox_bench::measure::Plan;
use vox_bench::page::{self, Page, html, markdown};
use vox_bench::progress::Progress;
use vox_bench::report::Machine;
use vox_bench::rows::Options;
use vox_bench::study::child::Part;
use vox_bench::study::counts::Encodes;
use vox_bench::study::{
    Section, compile, counts, emission, entry, first, nested, speed, tiers, types,
};
use vox_bench::workload::{Scale, metadata};

/// Measures vox in every respect, beside encoders written by hand and other crates, and
/// writes report.html and report.md into the target directory.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only rows that have NAME in their name, or whose name it is, as `=NAME`. May be given again.
    #[arg(long = "row", value_name = "NAME")]
    rows: Vec<String>,
    /// Measure for a moment only: for machines that check this program.
    #[arg(long)]
    quick: bool,
    /// Print one JSON document as well.
    #[arg(long)]
    json: bool,
    /// Where the files go.
    #[arg(long, value_name = "DIRECTORY", default_value = "target")]
    into: PathBuf,
    /// Do a part that needs a process of its own, and print its numbers.
    #[arg(long, hide = true)]
    part: Option<Part>,
    /// The contender of a part that is counted.
    #[arg(long, hide = true, default_value = "")]
    column: String,
    /// And how many encodes.
    #[arg(long, hide = true, default_value_t = 0)]
    times: u64,
}

/// How much is measured.
struct Effort {
    plan: Plan,
    scale: Scale,
    compiles: usize,
    processes: usize,
    calls: usize,
    counted: usize,
}

impl Effort {
    fn new(quick: bool) -> Self {
        let full = Self {
            plan: Plan::FULL,
            scale: Scale::FULL,
            compiles: 41,
            processes: 15,
            calls: 10_000,
            counted: usize::MAX,
        };
        if !quick {
            return full;
        }
        Self {
            plan: Plan {
                rounds: 3,
                turn: Duration::from_micros(200),
            },
            scale: Scale::new(0.1).expect("above zero"),
            compiles: 1,
            processes: 1,
            calls: 20,
            counted: 1,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(part) = arguments.part {
        let encodes = Encodes {
            row: arguments.rows.concat(),
            column: arguments.column.clone(),
            times: arguments.times,
        };
        part.print(&options(&arguments), &encodes);
        return ExitCode::SUCCESS;
    }
    let page = measure(&arguments);
    match write(&arguments, &page) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("report: {}: {error}", arguments.into.display());
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Page {
    let effort = Effort::new(arguments.quick);
    let mut progress = Progress::to_stderr();
    let mut notes = notes(arguments);
    // First: the global runtime has not seen any type yet.
    progress.step(1, 8, "latency of first calls");
    let latencies = first::latencies(200, effort.calls);
    progress.step(2, 8, "first encodes of new processes");
    let firsts = first::section(effort.processes);
    progress.step(3, 8, "finding the code of a type");
    // Fewer: each takes seconds.
    let entries = entry::section(effort.plan, effort.processes.div_ceil(3));
    progress.step(4, 8, "tiers");
    let tiers = tiers::sections(effort.plan);
    progress.step(5, 8, "many types, many values");
    let types = types::section(effort.plan, effort.scale);
    progress.step(6, 8, "making machine code");
    let compiles = compile::section(effort.compiles);
    let emissions = emission::section(1_000 * effort.compiles);
    let nests = nested::section(effort.plan.rounds);
    progress.step(7, 8, "instructions");
    let counted = counts::section(effort.counted, |row| {
        progress.step(7, 8, &format!("instructions of {row}"));
    });
    progress.step(8, 8, "rows");
    let host = metadata::read_host();
    if let Err(error) = &host {
        notes.push(format!("no {}: {error}", metadata::HOST.name));
    }
    let options = options(arguments);
    let mut workloads = options.workloads();
    if host.is_ok() && options.wants(&metadata::HOST) {
        workloads.push(metadata::HOST);
    }
    let (rows, failures) = speed::measure(&workloads, arguments.quick, &mut progress);
    let mut sections: Vec<Section> = speed::sections(&rows, &failures);
    sections.extend([types, entries]);
    sections.extend(tiers);
    sections.extend([compiles, emissions, nests, firsts, latencies, counted]);
    Page {
        machine: page::describe(&Machine::here()),
        notes,
        sections,
    }
}

/// The rows that are meant, and how they are measured.
fn options(arguments: &Arguments) -> Options {
    let Effort { plan, scale, .. } = Effort::new(arguments.quick);
    Options {
        filters: arguments.rows.clone(),
        scale,
        plan,
    }
}

fn notes(arguments: &Arguments) -> Vec<String> {
    let mut notes = vec![format!("Hand-written encoders use: {}.", hand::form())];
    if cfg!(debug_assertions) {
        notes.push("Built with debug assertions: the times say nothing of vox.".to_owned());
    }
    if arguments.quick {
        notes.push(
            "Measured for a moment only: the numbers show that the program works.".to_owned(),
        );
    }
    notes
}

fn write(arguments: &Arguments, page: &Page) -> io::Result<()> {
    fs::create_dir_all(&arguments.into)?;
    let files = [
        ("report.html", html::render(page)),
        ("report.md", markdown::render(page)),
    ];
    for (name, text) in files {
        let path = arguments.into.join(name);
        fs::write(&path, text)?;
        eprintln!("wrote {}", path.display());
    }
    if arguments.json {
        println!("{}", page.to_json());
    }
    Ok(())
}
