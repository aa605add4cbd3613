import type { Scene } from "../scene.ts";
import { officeDay } from "./office-day.ts";
import { tftpIpOffice, tftpStyles } from "./tftp.ts";

/** All captures. Adding one is its file and its name here. */
export const SCENES: readonly Scene[] = [officeDay, tftpIpOffice, tftpStyles];
