//! An explanation as one page that needs nothing from elsewhere.

use std::fmt::Write;

use super::Explanation;

const STYLE: &str = "body{font:15px/1.4 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em}\
pre{font:12.5px/1.35 ui-monospace,monospace;overflow-x:auto;background:#f6f6f4;padding:.8em;border-radius:4px}\
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(30em,1fr));gap:0 1em}\
summary{cursor:pointer;font-weight:600}h3{margin:.6em 0 0;font-size:1em}\
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}pre{background:#242424}}";

/// The page.
#[must_use]
pub fn page(explanation: &Explanation) -> String {
    let title = escaped(&explanation.type_name);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n<h1>{title}</h1>\n<p>{} programs, {} bytes of code</p>\n",
        explanation.programs.len(),
        explanation.code_bytes()
    );
    section(&mut page, "Shape", &explanation.shape);
    for it in &explanation.programs {
        // Writing to a string does not fail.
        let _ = write!(
            page,
            "<details open>\n<summary>{}</summary>\n<div class=\"columns\">\n",
            escaped(&it.summary())
        );
        section(&mut page, "Program", &it.program);
        if let Ok(code) = &it.code {
            section(&mut page, "Cranelift IR", &code.clif);
            let heading = format!("{} bytes of code", code.code_bytes);
            section(&mut page, &heading, &code.assembly);
        }
        page.push_str("</div>\n</details>\n");
    }
    page.push_str("</html>\n");
    page
}

fn section(page: &mut String, heading: &str, text: &str) {
    let text = escaped(text);
    // Writing to a string does not fail.
    let _ = writeln!(page, "<div><h3>{heading}</h3>\n<pre>{text}</pre></div>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
