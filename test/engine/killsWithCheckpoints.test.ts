import { killEverywhere } from "./kills.js";

killEverywhere("on");
