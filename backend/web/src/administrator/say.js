// The sentences of the administrator's desk, and those of the other offices.

import administrator from "../../messages/administrator.json" with { type: "json" };
import common from "../../messages/common.json" with { type: "json" };
import office from "../../messages/office.json" with { type: "json" };
import { speaker } from "../page/words.js";

/** Say `administrator.…`, `office.…` or `common.…`. */
export const say = speaker({ administrator, office, common });
