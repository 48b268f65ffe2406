// Step 13: the verifier's log and the chain know the same credentials (protocol, section 15.1).

/** Says what was not looked at: this tool does not reconcile logs yet. */
export async function checkIssuerLog(recount, log) {
  const count = recount.options.issuerLogs.length;
  if (count === 0) log.note("no verifier's log was handed in (--issuer-log)");
  else log.note(`${count} verifier's logs were handed in and NOT checked: this tool cannot do so yet; python -m verifier.tally does`);
}
