// @ts-check
// The picture as the page's component: once its style is there.

import picture from "./picture.js";
import { styled } from "./styled.js";

export default async function component(call) {
    await styled(import.meta.url);
    return picture(call);
}
