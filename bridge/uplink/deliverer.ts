import { Deliverer, type DelivererOptions } from "../../client/publish/deliver/deliverer.ts";
import { adviceFor } from "./advice.ts";
import { DeliveryLog, type DeliveryLogOptions } from "./delivery-log.ts";

/** A deliverer that counts in the ledger and tells the log what becomes of a channel's frames. */
export function createDeliverer(options: Omit<DelivererOptions, "report" | "advise"> & DeliveryLogOptions): Deliverer {
  return new Deliverer({ ...options, report: new DeliveryLog(options), advise: adviceFor });
}
