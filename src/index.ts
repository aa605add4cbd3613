/**
 * flowmatrix as a library: all that the command line does (docs/library.md).
 *
 *     import { classify } from "flowmatrix";
 *     const report = await classify(["case.pcapng"], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
 *     for (const flow of report.flows()) console.log(flow.label.row ?? flow.label.reasons[0]);
 */

export { type AnalyseOptions, CaptureError } from "./analyse.ts";
export type { CaptureInterface } from "./capture/batch.ts";
export { type CapturedPacket, type CaptureSet, type OpenOptions, openCapture } from "./capture/open.ts";
export type { Problem, ProblemKind } from "./capture/problem.ts";
export { type TimeWindow, timeWindow, type WindowEnd } from "./capture/time-window.ts";
export { type ClassifyOptions, classify } from "./classify.ts";
export { type CoverageOptions, coverage } from "./coverage.ts";
export { diff } from "./diff.ts";
export { type AnonymizeOptions, type Anonymizer, createAnonymizer } from "./document/anonymize.ts";
export { type Choice, ChoiceError } from "./document/chosen-flows.ts";
export type { Coverage, RequiredRow } from "./document/coverage.ts";
export type * from "./document/diff.ts";
export { diffReports } from "./document/diff.ts";
export type * from "./document/document.ts";
export type { AddressName, ExplainedRow, Explanation } from "./document/explanation.ts";
export type { Moment } from "./document/moment.ts";
export { ReportError, readReport } from "./document/read.ts";
export type { RowCoverage } from "./document/row-coverage.ts";
export type * from "./document/sides.ts";
export { type ExplainOptions, explain, explainCall } from "./explain.ts";
export { type Extracted, type ExtractOptions, extract } from "./extract.ts";
export { type FindingKind, KINDS as FINDING_KINDS, type KindOfFinding } from "./finding/kinds.ts";
export { THRESHOLDS, type ThresholdName, type Thresholds } from "./finding/thresholds.ts";
export type { IdleTimeouts } from "./flow/table.ts";
export type { Progress } from "./intake/intake.ts";
export { type LiveInput, type LiveOptions, live } from "./live.ts";
export {
	expandRows,
	filterOfRows,
	type ProductHost,
	type RowFilter,
	type RowFilterOptions,
	selectRows,
} from "./matrix/filter.ts";
export { type FoundRow, findRows } from "./matrix/find.ts";
export { loadMatrix, MatrixError } from "./matrix/load.ts";
export { type DatedChange, diffReleases, matrixOfRelease, releasesOf } from "./matrix/release.ts";
export type * from "./matrix/types.ts";
export { htmlPage } from "./page.ts";
export { COVERAGE_OUTPUTS, type CoverageRenderer } from "./report/coverage.ts";
export { DIFF_OUTPUTS, type DiffRenderer } from "./report/diff.ts";
export type { PageOptions } from "./report/html.ts";
export { OUTPUTS } from "./report/index.ts";
export type { RecordKind, Renderer, RenderOptions } from "./report/renderer.ts";
export { SIDES_OUTPUTS, type SidesRenderer, type SidesScreen } from "./report/sides.ts";
export { WIRESHARK_PARTS, type WiresharkFile, type WiresharkPart } from "./report/wireshark.ts";
export { type SidesOptions, sides } from "./sides.ts";
