declare module "*.css";
declare module "@jupyterlab/*/style/index.js";
declare module "plotly.js-dist-min";
