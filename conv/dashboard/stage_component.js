// @ts-check
// The stage as the page's components: once its style is there.

import stage from "../figures/stage/mount.js";
import { styled } from "./styled.js";

export default async function component(call) {
    await styled(import.meta.url);
    return stage(call);
}
