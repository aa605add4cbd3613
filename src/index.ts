/**
 * flowmatrix as a library: the pipeline behind the command line.
 *
 *     import { classify } from "flowmatrix";
 *     const report = await classify(["case.pcapng"], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
 *     for (const flow of report.flows()) console.log(flow.label.row ?? flow.label.reasons[0]);
 */

export { CaptureError } from "./analyse.ts";
export type { Problem, ProblemKind } from "./capture/problem.ts";
export { type ClassifyOptions, classify } from "./classify.ts";
export { type CoverageOptions, coverage } from "./coverage.ts";
export { type ExplainOptions, explain } from "./explain.ts";
export { type LiveInput, type LiveOptions, live } from "./live.ts";
export { findRows } from "./matrix/find.ts";
export { loadMatrix, MatrixError } from "./matrix/load.ts";
export { diffReleases, matrixOfRelease } from "./matrix/release.ts";
export type * from "./matrix/types.ts";
export type { Coverage, RequiredRow, RowCoverage } from "./report/coverage.ts";
export type * from "./report/document.ts";
export type { Explanation } from "./report/explanation.ts";
export { OUTPUTS } from "./report/index.ts";
export type { Moment } from "./report/moment.ts";
export type { Renderer, RenderOptions } from "./report/renderer.ts";
