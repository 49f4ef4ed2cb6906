import { isChannelName } from "../../protocol/names.ts";
import { type AuditEvent, type AuditLine, auditLog, shown } from "../auth/audit-log.ts";
import type { Access } from "./access/access.ts";
import { clientAddress } from "./access/client-address.ts";
import { whoAsked } from "./access/guard.ts";
import { channelPath } from "./otlp-url.ts";

/** AC14: writes down what became of a request, unless `AUDIT` is "off". */
export function audit(request: Request, access: Access, event: AuditEvent): void {
  if (!access.isAudited) return;
  auditLog.add(lineOf(request, event, Date.now()));
}

/** The line of an event. No token by its form is in it, wherever a client put one; texts are short and have no control characters. */
export function lineOf(request: Request, event: AuditEvent, atMs: number): AuditLine {
  const pathname = channelPath(new URL(request.url).pathname);
  const name = pathname.startsWith("/c/") ? pathname.slice("/c/".length) : "";
  return {
    ...("name" in event ? { ...event, name: shown(event.name) } : event),
    method: shown(request.method),
    channel: isChannelName(name) ? shown(name) : "",
    address: clientAddress(request),
    principal: shown(whoAsked(request).id),
    atMs,
  };
}
