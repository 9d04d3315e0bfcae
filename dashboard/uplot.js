/** uPlot, the library that draws charts, loaded when the first chart is shown. */

import { element } from "./elements.js";

const ADDRESS = "/dashboard/uPlot.iife.min.js";

let loading = null;

/** Return the library, or null where it cannot be loaded; the next call tries again then. */
export function uPlot() {
  loading ??= new Promise((resolve) => {
    const failed = () => {
      loading = null;
      resolve(null);
    };
    document.head.append(element("script", { src: ADDRESS, onload: () => resolve(window.uPlot), onerror: failed }));
  });
  return loading;
}
