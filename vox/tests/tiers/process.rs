//! Child processes: a test of this program, run by another one.

use vox_oracle::child;

/// What a child said.
pub(crate) struct Said(String);

impl Said {
    /// The value of a line `key=value`, if there is one.
    pub(crate) fn find(&self, key: &str) -> Option<&str> {
        let prefix = format!("{key}=");
        self.0
            .lines()
            .find_map(|line| line.trim_end().split_once(&prefix))
            .map(|(_, value)| value)
    }

    /// The value of a line `key=value`.
    pub(crate) fn get(&self, key: &str) -> &str {
        self.find(key)
            .unwrap_or_else(|| panic!("the child did not say {key}: {}", self.0))
    }

    pub(crate) fn number(&self, key: &str) -> u64 {
        self.get(key).parse().expect("a number")
    }
}

/// Runs one ignored test in a process of its own, which must succeed.
pub(crate) fn run(test: &str, variables: &[(&str, &str)]) -> Said {
    let mut command = child::command(test);
    command
        .env_remove("VOX_TIER")
        .envs(variables.iter().copied());
    let output = child::output(&mut command).expect("the child runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{variables:?}: {text}\n{errors}");
    assert!(text.contains("1 passed"), "no test of that name: {text}");
    Said(text)
}
