//! Files that survive the loss of the process or of power: temporary names, locks, and what must reach the disk when.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::error::{StoreError, failed};

/// Buffers for rows: what one read or write moves.
pub(super) const BUFFER: usize = 1 << 16;

const PREFIX: &str = ".osmocyte-sweep-";
const SUFFIX: &str = ".part";

/// Whether a name is one that [`temporary`] gives.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// A new file with a temporary name in the folder, removed when dropped.
///
/// It is locked while its process lives, so that [`clear_temporaries`] knows it from one that a killed process left.
/// Where the file system has no locks it is not, and will not be cleared either.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    loop {
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            // Permissions as of any created file; and errors without the temporary name, which would only confuse.
            .make_in(folder, |path| {
                File::options()
                    .read(true)
                    .write(true)
                    .create_new(true)
                    .open(path)
            })?;
        match made.as_file().try_lock() {
            // Between creation and lock somebody may have taken it for a dead one, and removed it.
            Ok(()) if made.path().exists() => return Ok(made),
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(_)) => return Ok(made),
        }
    }
}

/// Removes what killed processes left in the folder. What can't be removed stays: it does no harm.
pub(super) fn clear_temporaries(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if !entry.file_name().to_str().is_some_and(is_temporary) {
            continue;
        }
        let path = entry.path();
        // Removed under the lock: then a living owner either has it before us, or finds its file gone.
        if let Ok(file) = File::options().write(true).open(&path)
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(&path);
        }
    }
}

/// A lock that is free again when this process ends, however it ends.
#[derive(Debug)]
pub(super) enum Lock {
    /// Ours while the file is open.
    Held(#[allow(dead_code)] File),
    /// The file system has no locks.
    Unknown,
    /// Another process has it.
    Taken,
}

/// Locks the file, which is created if need be and never removed (a removed lock can be had twice).
pub(super) fn lock(path: &Path) -> Result<Lock, StoreError> {
    const TRIES: u32 = 10;
    const PAUSE: Duration = Duration::from_millis(50);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failed(path, "write"))?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(Lock::Held(file)),
            Err(TryLockError::Error(_)) => return Ok(Lock::Unknown),
            // Perhaps a process that was killed a moment ago and is not quite gone.
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
    Ok(Lock::Taken)
}

/// Makes the names in a folder (created, renamed) survive a loss of power.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        match File::open(folder)?.sync_all() {
            // Some network file systems can't, and need not.
            Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {}
            done => return done,
        }
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// The folder that a file is in.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes a file through `content`, under a temporary name in the same folder; it reaches the disk, then it is renamed.
///
/// After an error, a kill or a loss of power the target is as it was before: an old file intact, or no file. A target
/// that is not a regular file (a device, a pipe) is written directly, for there is nothing to replace. A link is
/// followed, and stays a link.
///
/// # Errors
///
/// Those of `content`; a file that can't be written is named.
pub fn replace_file<T>(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let fail = |e| failed(path, "write")(e);
    let target = target(path).map_err(fail)?;
    let done = match &target {
        Target::Direct => {
            let file = File::options().write(true).open(path).map_err(fail)?;
            fill(&file, content)
        }
        Target::Replace { file, permissions } => {
            // Results can be large: what a killed predecessor left must not fill the disk.
            clear_temporaries(parent(file));
            let made = temporary(parent(file)).map_err(fail)?;
            fill(made.as_file(), content).and_then(|value| {
                if let Some(permissions) = permissions {
                    made.as_file().set_permissions(permissions.clone())?;
                }
                made.as_file().sync_all()?;
                made.persist(file).map_err(|e| e.error)?;
                sync_folder(parent(file))?;
                Ok(value)
            })
        }
    };
    done.map_err(|e| match e {
        StoreError::Output(e) => fail(e),
        other => other,
    })
}

fn fill<T>(
    file: &File,
    content: impl FnOnce(&mut dyn Write) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut buffered = BufWriter::with_capacity(BUFFER, file);
    let value = content(&mut buffered)?;
    buffered.flush()?;
    Ok(value)
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
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(e) if e.kind() == ErrorKind::NotFound && path.file_name().is_some() => {
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
        file: fs::canonicalize(path)?,
        permissions: Some(found.permissions()),
    })
}
