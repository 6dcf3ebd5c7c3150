// @ts-check
// What Streamlit calls for the page's components, once their style is there: all are one script, so that
// none has to be asked for, and can fail to come, once the page is there.

import stage from "../figures/stage/mount.js";
import contents from "./contents.js";
import picture from "./picture.js";
import { styled } from "./styled.js";
import toCopy from "./to_copy.js";

const BY_NAME = { stage, place: stage, contents, picture, to_copy: toCopy };

export default async function component(call) {
    await styled(import.meta.url);
    return BY_NAME[call.name](call);
}
