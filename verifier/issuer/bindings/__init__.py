"""What binds a face or a name to an index: a file that k officials signed (protocol §15.1). The operator alone binds nobody."""
