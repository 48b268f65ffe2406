// A recount at work: the steps in order, and what each has established for the later ones (protocol, section 13).
import { Blocked, StepLog, Wrong } from "./findings.mjs";
import { Pool } from "./signatures/pool.mjs";

/** Verdicts and exit statuses (section 13.1). */
export const VERDICTS = { agrees: 0, differs: 1, "agrees, papers void": 3, "not proved": 4 };

/** Every fact is null until its step has established it. */
export class Recount {
  constructor(options) {
    this.options = options;
    this.steps = [];
    this.pool = new Pool();
    this.source = null;
    this.published = null;
    this.sight = null;
    this.scene = null;
    this.terms = null;
    this.register = null;
    this.planHash = null;
    this.ballots = null; // steps 1 to 6
    this.excluded = [];
    this.count = null;
    this.result = null;
    this.decision = null;
    this.beside = []; // what people have to hear beside the verdict; it says nothing against the poll
    this.brought = []; // steps 3, 7, 8, 10 and 11
  }

  get findings() {
    return this.steps.flatMap((log) => log.findings);
  }

  get void() {
    return this.steps.flatMap((log) => log.void);
  }

  get verdict() {
    if (this.findings.length) return "differs";
    if (!this.sight?.believable) return "not proved";
    return this.void.length ? "agrees, papers void" : "agrees";
  }

  /** Runs one step; whatever it cannot do becomes its finding. `told` hears its log. */
  async step(number, work, told) {
    const log = new StepLog(number);
    this.steps.push(log);
    try {
      await work(this, log);
    } catch (error) {
      if (error instanceof Wrong) log.take(error);
      else if (error instanceof Blocked)
        log.wrong("step.blocked", "recount", `not checked: step ${error.step} could not establish what this step needs`);
      else log.wrong("step.failed", "recount", "the tool failed; please report it", "", `${error.name}: ${error.message}`);
    }
    told(log);
  }
}
