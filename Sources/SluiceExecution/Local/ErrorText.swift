import CSluiceProcess

/// `No such file or directory` for ENOENT.
func errorText(_ number: Int32) -> String { String(cString: sluice_error_text(number)) }
