/** What devices and networks send: packets whose lengths and sums fit their bytes. */

/** https://mavlink.io/en/guide/serialization.html */
export function isMavlink(bytes: Buffer): boolean {
  const length = bytes[1] ?? 0;
  if (bytes[0] === 0xfe) return bytes.length === length + 8;
  return bytes[0] === 0xfd && (bytes.length === length + 12 || bytes.length === length + 25);
}

/** u-blox: https://content.u-blox.com, "UBX frame structure" */
export function isUbx(bytes: Buffer): boolean {
  return bytes[0] === 0xb5 && bytes[1] === 0x62 && bytes.length >= 8 && bytes.readUInt16LE(4) + 8 <= bytes.length;
}

/** An address and types as text, padded to four bytes each: https://opensoundcontrol.stanford.edu/spec-1_0.html */
export function isOsc(bytes: Buffer): boolean {
  if (bytes[0] !== 0x2f || bytes.length % 4 !== 0) return false;
  const end = bytes.indexOf(0);
  return (
    end > 0 && bytes[(end >> 2) * 4 + 4] === 0x2c && bytes.subarray(0, end).every((byte) => byte >= 0x20 && byte < 0x7f)
  );
}

/** `struct can_frame` (16 bytes) and `canfd_frame` (72): https://docs.kernel.org/networking/can.html */
export function isCan(bytes: Buffer): boolean {
  if (bytes.length !== 16 && bytes.length !== 72) return false;
  const length = bytes[4] ?? 99;
  if (length > bytes.length - 8 || (bytes[6] ?? 1) !== 0 || bytes[7] !== 0) return false;
  const id = bytes.readUInt32LE(0);
  const isExtended = (id & 0x8000_0000) !== 0;
  return id !== 0 && (isExtended || (id & 0x3fff_f800) === 0);
}

/** RFC 3550, 5.1 */
function isRtp(bytes: Buffer): boolean {
  return bytes.length > 12 && (bytes[0] ?? 0) >> 6 === 2 && ((bytes[0] ?? 0) & 0x0f) === 0;
}

/** Whether packets are numbered one after the other and have one source, as those of RTP are. */
export function areRtp(messages: readonly Buffer[]): boolean {
  return (
    messages.length >= 3 &&
    messages.every(isRtp) &&
    messages.every((bytes, i) => {
      const before = messages[i - 1];
      if (before === undefined) return true;
      return (
        ((bytes.readUInt16BE(2) - before.readUInt16BE(2)) & 0xffff) === 1 &&
        bytes.readUInt32BE(8) === before.readUInt32BE(8)
      );
    })
  );
}

/** A frame of Modbus RTU by its sum, or one of Modbus TCP by its length: https://modbus.org/specs.php */
export function isModbus(bytes: Buffer): boolean {
  if (bytes.length < 5 || bytes.length > 260) return false;
  if (
    bytes.length >= 8 &&
    bytes.readUInt16BE(2) === 0 &&
    bytes.readUInt16BE(4) + 6 === bytes.length &&
    bytes.readUInt16BE(4) > 1
  )
    return true;
  return crc16(bytes.subarray(0, -2)) === bytes.readUInt16LE(bytes.length - 2);
}

function crc16(bytes: Buffer): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
