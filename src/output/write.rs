//! Files that are whole or absent: written to a temporary name beside the target, then renamed.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file or folder that could not be written: which, why, and what to do about it.
#[derive(Debug)]
pub struct OutputError {
    /// The file or folder, as the caller named it.
    pub path: PathBuf,
    /// What was tried, for "cannot … `path`", e.g. `write`.
    pub what: &'static str,
    /// What the operating system, or the writer of the content, said.
    pub source: io::Error,
}

impl OutputError {
    fn new(path: &Path, what: &'static str, source: io::Error) -> OutputError {
        OutputError {
            path: path.to_path_buf(),
            what,
            source,
        }
    }

    /// What to do next, in a few words; `None` where nothing better than the reason can be said.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self.source.kind() {
            ErrorKind::NotFound => "create the folder first, or choose another",
            ErrorKind::PermissionDenied => "choose a folder or file that you may write to",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "free some space, or choose a folder on another disk"
            }
            ErrorKind::IsADirectory => "give the name of a file; this is a folder",
            ErrorKind::NotADirectory => "a part of the path is a file, not a folder",
            ErrorKind::AlreadyExists => "a file of that name is in the way; choose another name",
            ErrorKind::ReadOnlyFilesystem => "choose a folder on another disk",
            _ => return None,
        })
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "cannot {} `{}`: {}",
            self.what,
            self.path.display(),
            self.source
        )?;
        match self.help() {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Creates the folder and those above it; one that exists is fine.
pub fn create_folder(path: &Path) -> Result<(), OutputError> {
    fs::create_dir_all(path).map_err(|e| OutputError::new(path, "create the folder", e))
}

/// Writes a file through `content`, under a temporary name in the same folder that is renamed at the end.
///
/// After an error the target is as it was before: an old file intact, or no file. A target that is not a regular
/// file (a device, a pipe) is written directly, for there is nothing to replace. A link is followed, and stays a link.
pub fn write_atomic(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), OutputError> {
    let fail = |e| OutputError::new(path, "write", e);
    match target(path).map_err(fail)? {
        Target::Replace { file, permissions } => replace(&file, permissions, content).map_err(fail),
        Target::Direct => {
            let file = File::options().write(true).open(path).map_err(fail)?;
            fill(file, content).map(drop).map_err(fail)
        }
    }
}

enum Target {
    /// Write beside `file` and rename; `permissions` are those of the old file.
    Replace {
        file: PathBuf,
        permissions: Option<fs::Permissions>,
    },
    Direct,
}

fn target(path: &Path) -> io::Result<Target> {
    if path.file_name().is_none() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(e) if e.kind() == ErrorKind::NotFound => {
            return Ok(Target::Replace {
                file: path.to_path_buf(),
                permissions: None,
            });
        }
        Err(e) => return Err(e),
    };
    if found.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !found.is_file() {
        return Ok(Target::Direct);
    }
    if found.permissions().readonly() {
        // A rename would succeed; but who made a file read-only wants to keep it.
        return Err(io::Error::new(
            ErrorKind::PermissionDenied,
            "the file is read-only",
        ));
    }
    Ok(Target::Replace {
        // The file behind a link, so that the link stays one.
        file: fs::canonicalize(path)?,
        permissions: Some(found.permissions()),
    })
}

fn replace(
    file: &Path,
    permissions: Option<fs::Permissions>,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".osmocyte-").suffix(".part");
    #[cfg(unix)]
    {
        // As any created file: what the user's mask leaves of 0666, not the 0600 of secrets.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // The temporary file's random name would only confuse: keep the kind and the system's words.
    let plain = |e: io::Error| match e.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => root_cause(e),
    };
    let temporary = builder.tempfile_in(folder).map_err(plain)?;
    let (handle, name) = temporary.into_parts();
    let handle = fill(handle, content)?;
    if let Some(permissions) = permissions {
        handle.set_permissions(permissions)?;
    }
    drop(handle);
    name.persist(file).map_err(|e| e.error)
}

/// The system's error inside one that has the temporary file's name wrapped around it.
fn root_cause(e: io::Error) -> io::Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> =
        e.get_ref().map(|inner| inner as &dyn std::error::Error);
    while let Some(inner) = cause {
        if let Some(code) = inner
            .downcast_ref::<io::Error>()
            .and_then(io::Error::raw_os_error)
        {
            return io::Error::from_raw_os_error(code);
        }
        cause = inner.source();
    }
    e.kind().into()
}

fn fill(file: File, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<File> {
    let mut buffered = BufWriter::with_capacity(1 << 16, file);
    content(&mut buffered)?;
    buffered.into_inner().map_err(|e| e.into_error())
}
