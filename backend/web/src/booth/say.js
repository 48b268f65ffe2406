// The booth's sentences.

import booth from "../../messages/booth.json" with { type: "json" };
import common from "../../messages/common.json" with { type: "json" };
import publicPages from "../../messages/public.json" with { type: "json" };
import { speaker } from "../page/words.js";

/** Say `booth.…`, `common.…` or `public.…`. */
export const say = speaker({ booth, common, public: publicPages });
