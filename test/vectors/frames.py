"""Writes frames.json: values and the frames that they must give.

An independent twin of shared/protocol and shared/masks/positions, written from their doc comments, slow
and plain. Standard library only: python3 frames.py > frames.json
"""

import json
import struct
import zlib

KINDS = ["plan", "model", "delta", "update", "verdict", "status", "metrics", "firmware", "image",
         "deal", "enrol", "shard", "windows", "moments", "label", "prediction"]
STATES = ["gone", "joining", "ready", "training", "done"]
VERDICTS = ["accepted", "duplicate", "malformed", "wrong round", "wrong attempt", "not in cohort",
            "wrong base model", "wrong counts", "round closed", "wrong device"]
RESETS = ["unknown", "power", "restart", "crash", "watchdog", "brownout", "sleep"]
ACTIVATIONS = ["all", "top-k", "union"]
UPLINKS = ["all", "top-k-weights", "diff-on-top-k-weights", "top-k-weights-diff", "global-top-k-weights", "mask"]
MERGES = ["cohort", "senders"]
POWERS = [4, 5, 8]
OPTIMIZERS = ["none", "momentum", "adam"]
VALUE_BITS = [16, 8, 4]
POSITIONS = ["lists", "grid"]
OUTCOMES = ["dealt", "none left", "too long"]


def frame(kind, head, payload=b""):
    start = struct.pack("<2sBBII", b"fl", 1, KINDS.index(kind) + 1, len(head), len(payload))
    crc = zlib.crc32(start + head + payload)
    return start + struct.pack("<I", crc) + head + payload


def device_hash(name):
    value = 2166136261
    for char in name.encode():
        value = (value ^ char) * 16777619 % 2**32
    return value


def pad4(data):
    return data + bytes(-len(data) % 4)


def plan(v):
    cohort, method, rate = v["cohort"], v["method"], v["method"]["rate"]
    optimizer = method["optimizer"]
    devices = cohort.get("devices", [])
    head = struct.pack(
        "<BBBBBBBBBbHHHHHII8sIIIIIIIHBBHBB8sI",
        1, len(v["layers"]), 0 if cohort["kind"] == "list" else 1, method["batch"],
        ACTIVATIONS.index(method["activations"]), UPLINKS.index(method["uplink"]),
        MERGES.index(method["merge"]), method["epochs"], rate["mantissa"], rate["exp"], method["clip"],
        method["reselectEvery"], method["holdBackEvery"], v["attempt"], len(devices), v["round"],
        v["taskSeed"], bytes.fromhex(v["modelHash"]), v["modelCrc"], cohort.get("seed", 0),
        cohort.get("threshold", 0), v["deadlineMs"], v["federation"], optimizer["rate"], method["prox"], method["growth"],
        VALUE_BITS.index(method["valueBits"]), POSITIONS.index(method["positions"]), optimizer["momentum"],
        OPTIMIZERS.index(optimizer["kind"]), POWERS.index(method["power"]),
        bytes.fromhex(v.get("deltaBase", "00" * 8)), v.get("windows", 0))
    words = devices + [layer[name] for layer in v["layers"] for name in ("active", "keptInputs", "sent")]
    return frame("plan", head, struct.pack(f"<{len(words)}I", *words))


def status(v):
    return frame("status", struct.pack(
        "<B15sIIII8s", STATES.index(v["state"]), v["board"].encode(), v["round"], v["firmware"],
        v["freeBytes"], v["examples"], bytes.fromhex(v["modelHash"])))


def verdict(v):
    return frame("verdict", struct.pack(
        "<IIHH", v["update"], v["round"], v["attempt"], VERDICTS.index(v["kind"])))


def metrics(v):
    return frame("metrics", struct.pack(
        "<IIIIQIIIIIIIIHBb", v["round"], v["attempt"], v["trainMs"], v["slices"], v["macs"], v["bytesUp"],
        v["bytesDown"], v["reconnects"], v["heapBytes"], v["freeBytes"], v["chunkBytes"], v["slots"],
        v["millijoules"], v["longestSliceMs"], RESETS.index(v["reset"]), v["rssi"]))


def firmware(v):
    return frame("firmware", struct.pack(
        "<16sII32s64s", v["target"].encode(), v["version"], v["imageBytes"], bytes(v["digest"]), bytes(v["signature"])))


def image(v):
    return frame("image", struct.pack("<II", v["version"], v["part"]), bytes(v["payload"]))


def deal(v):
    return frame("deal", struct.pack("<III", v["deal"], v["parts"], v["longestBytes"]))


def enrol(v):
    return frame("enrol", struct.pack("<II", v["deal"], v["roomBytes"]))


def shard(v):
    fld = bytes(v["fld"])
    return frame("shard", struct.pack(
        "<IIIIIII", device_hash(v["device"]), v["deal"], OUTCOMES.index(v["outcome"]), v["part"], v["parts"], v["bytes"],
        zlib.crc32(fld)), fld)


def windows(v):
    normals = v.get("normals", [])
    head = struct.pack("<HHHHHHHH", v["steps"], v["channels"], v["stride"], v["hertz"], v["classes"], v["least"],
                       len(normals), 0)
    return frame("windows", head, b"".join(struct.pack("<iii", n["offset"], n["mantissa"], n["shift"]) for n in normals))


def moments(v):
    channels = v["channels"]
    head = struct.pack("<IIHH", device_hash(v["device"]), channels[0]["count"], len(channels), 0)
    return frame("moments", head, b"".join(struct.pack("<qQ", c["sum"], c["squares"]) for c in channels))


def label(v):
    return frame("label", struct.pack("<IHH", device_hash(v["device"]), v.get("label", 65535), v["seconds"]))


def prediction(v):
    return frame("prediction", struct.pack(
        "<IHBB8s", v["windows"], v["label"], v["percent"], 0, bytes.fromhex(v["modelHash"])))


def layer_sizes(description):
    inputs = 1
    for size in description["input"]["shape"]:
        inputs *= size
    for layer in description["layers"]:
        yield inputs, layer["units"]
        inputs = layer["units"]


def model(v):
    text = json.dumps(v["description"], separators=(",", ":")).encode()
    exponents = b"".join(struct.pack("<bb", e["weightExp"], e["outputExp"]) for e in v["exponents"])
    head = struct.pack("<HH", len(v["exponents"]), len(text)) + pad4(exponents) + pad4(text)
    parameters = b""
    for weights, biases in v["parameters"]:
        parameters += pad4(struct.pack(f"<{len(weights)}h", *weights))
        parameters += struct.pack(f"<{len(biases)}i", *biases)
    return frame("model", head, parameters)


def zigzag(difference, width):
    wrapped = (difference + 2**(width - 1)) % 2**width - 2**(width - 1)
    return 2 * wrapped if wrapped > 0 else -2 * wrapped - 1


def low_first(number, count):
    return "".join(str(number >> i & 1) for i in range(count))


def rice(numbers, k, width):
    return "".join(
        "0" * (u >> k) + "1" + low_first(u, k) if u >> k < 24 else "0" * 24 + "1" + low_first(u, width)
        for u in numbers)


def block(before, after, width):
    places = [i for i, (a, b) in enumerate(zip(before, after)) if a != b]
    numbers = [zigzag(after[i] - before[i], width) - 1 for i in places]
    coded = positions("all" if len(places) == len(before) else places, len(before), None) if places else b""
    k, bits = min(((k, rice(numbers, k, width)) for k in range(min(24, width))), key=lambda pair: (len(pair[1]), pair[0]))
    packed = pack_bits(bits)
    return struct.pack("<HHBB", len(places), len(packed), len(coded), k if places else 0) + coded + packed


def delta(v):
    base, new = model(v), model({**v, "parameters": v["next"]})
    head = bytes.fromhex(v["baseHash"]) + bytes.fromhex(v["nextHash"]) + base[12:16] + new[12:16]
    blocks = b""
    for (weights, biases), (new_weights, new_biases) in zip(v["parameters"], v["next"]):
        padding = [0] * (len(weights) % 2)
        for before, after, width, size in ((weights + padding, new_weights + padding, 16, 1024),
                                           (biases, new_biases, 32, 256)):
            for at in range(0, len(before), size):
                blocks += block(before[at:at + size], after[at:at + size], width)
    return frame("delta", head, pad4(blocks))


def pack_bits(bits):
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))


def gaps(places, k):
    bits, expected = "", 0
    for place in places:
        gap, expected = place - expected, place + 1
        low = "".join(str(gap >> i & 1) for i in range(k))
        bits += "0" * (gap >> k) + "1" + low
    return bits


def best_gaps(places):
    return min(((k, gaps(places, k)) for k in range(24)), key=lambda pair: (len(pair[1]), pair[0]))


def logarithm(x):
    octave = x.bit_length() - 1
    return 4 * octave + (4 * x >> octave) - 4


def range_coded(bits):
    """Pairs of a bit and the probability of a 1, in units of 2^-12; one long number instead of carries."""
    low, width, shifts = 0, 2**24 - 1, 0
    for bit, probability in bits:
        ones = width // 4096 * probability
        low, width = (low, ones) if bit else (low + ones, width - ones)
        while width < 2**16:
            low, width, shifts = low * 256, width * 256, shifts + 1
    return ((low + 2**16 - 1) // 2**16).to_bytes(shifts + 1, "big").rstrip(b"\0")


def grid(places, n, columns):
    members = set(places) if 2 * len(places) <= n else set(range(n)) - set(places)
    ones, gap = len(members), 16 * n // len(members)
    density = 65536 * ones // n
    chances = [[min(57344, max(16, density * 2**octave // 8))] * 2 for octave in range(7)]
    seen = [[6, 6] for _ in range(7)]
    above = [0] * columns
    left, bits = ones, []
    for place in range(n):
        if left == 0:
            break
        row, column = divmod(place, columns)
        if column == 0:
            inside, last = 0, 0
        score = (logarithm(gap * inside + 16 * 8) - logarithm(16 * (column + 8))
                 + logarithm(gap * above[column] + 16 * 4) - logarithm(16 * (row + 4)))
        octave = (min(15, max(-12, score)) + 12) // 4
        bit = int(place in members)
        chance = chances[octave][last]
        bits.append((bit, max(1, chance // 16)))
        chances[octave][last] += (65535 * bit - chance) * (65536 // (2 * seen[octave][last] + 3)) // 2**15
        seen[octave][last] = min(255, seen[octave][last] + 1)
        inside, above[column], last, left = inside + bit, above[column] + bit, bit, left - bit
    return range_coded(bits)


def rows(places, n, columns):
    """Each row: its count as a gap with the k of all counts, then its gaps with a k that follows from the count."""
    lists = [[place % columns for place in places if place // columns == row] for row in range(n // columns)]
    k = min(range(24), key=lambda k: sum((len(row) >> k) + k + 1 for row in lists))
    bits = ""
    for row in lists:
        own = next(k for k in range(24) if not row or 133 * len(row) * 2**k >= 32 * (2 * columns - len(row)))
        bits += gaps([len(row)], k) + gaps(row, own)
    return bytes([6 + 8 * k]) + pack_bits(bits)


def positions(places, n, reference, columns=0):
    if places == "all":
        return b""
    k, bits = best_gaps(places)
    missing_k, missing_bits = best_gaps([i for i in range(n) if i not in places])
    choices = [
        b"\1" + pack_bits("".join("1" if i in places else "0" for i in range(n))),
        bytes([2 + 8 * k]) + pack_bits(bits),
        bytes([3 + 8 * missing_k]) + pack_bits(missing_bits),
    ]
    if reference is not None:
        choices.append(b"\4" + change(places, n, reference))
    if columns > 0:
        choices.append(rows(places, n, columns))
    shortest = min(choices, key=len)  # the first of equals
    if columns > 0 and places:
        coded = grid(places, n, columns)
        if len(coded) <= (len(shortest) - 1) * 63 // 64:
            return b"\5" + coded
    return shortest


def change(places, n, reference):
    others = [i for i in range(n) if i not in reference]
    dropped = [rank for rank, place in enumerate(reference) if place not in places]
    added = [others.index(place) for place in places if place not in reference]
    dropped_k, dropped_bits = best_gaps(dropped)
    added_k, added_bits = best_gaps(added)
    return struct.pack("<BBI", dropped_k, added_k, len(dropped)) + pack_bits(dropped_bits + added_bits)


def pack_numbers(numbers, bits):
    if bits == 16:
        return struct.pack(f"<{len(numbers)}h", *numbers)
    return pack_bits("".join(f"{number % 2**bits:0{bits}b}"[::-1] for number in numbers))


def update(v):
    sizes = list(layer_sizes(v["description"]))
    head = struct.pack(
        "<IIHHHHHBB8sQ", device_hash(v["device"]), v["round"], v["attempt"], v["examples"], v["loss"],
        v["heldBack"], v["correct"], len(v["layers"]), VALUE_BITS.index(v["valueBits"]), bytes.fromhex(v["baseHash"]), v["macs"])
    numbers, coded = b"", b""
    for layer, (inputs, outputs), reference in zip(v["layers"], sizes, v["references"]):
        part = positions(layer["positions"], inputs * outputs, reference, inputs)
        code, part = (part[0], part[1:]) if part else (0, part)
        values, biases = layer["values"], layer["biases"]
        head += struct.pack(
            "<IHBBHBB", len(values), len(part) % 65536, len(part) // 65536, code, len(biases), layer["shift"], layer["biasShift"])
        numbers += pack_numbers(values, v["valueBits"]) + pack_numbers(biases, 16 if v["valueBits"] == 16 else 8)
        coded += part
    return frame("update", head, numbers + coded)


METHOD = {"power": 5, "activations": "union", "uplink": "top-k-weights-diff", "merge": "senders",
          "valueBits": 4, "positions": "grid", "optimizer": {"kind": "adam", "rate": 1311, "momentum": 922},
          "rate": {"mantissa": 205, "exp": -9}, "clip": 16, "prox": 655, "growth": 13107, "epochs": 1, "batch": 8, "reselectEvery": 80,
          "holdBackEvery": 5}
PLAN = {"federation": 3405691582, "taskSeed": 4294967295, "round": 7, "attempt": 2, "modelHash": "0123456789abcdef",
        "modelCrc": 3735928559, "deltaBase": "fedcba9876543210", "cohort": {"kind": "list", "devices": [1, 2147483648, 4294967295]},
        "deadlineMs": 60000, "method": METHOD,
        "layers": [{"active": 627, "keptInputs": 10, "sent": 627}, {"active": 70000, "keptInputs": 4, "sent": 1}]}
THRESHOLD = {"kind": "threshold", "seed": 3000000000, "threshold": 429496730}
DENSE = {"power": 4, "activations": "all", "uplink": "all", "merge": "cohort", "valueBits": 16, "positions": "lists", "rate": {"mantissa": 1, "exp": 0}, "clip": 0, "prox": 0, "growth": 0,
         "optimizer": {"kind": "none", "rate": 65536, "momentum": 0},
         "epochs": 255, "batch": 16, "reselectEvery": 65535, "holdBackEvery": 0}
TINY = {"name": "tiny", "input": {"shape": [3], "type": "int8", "exp": -7},
        "layers": [{"kind": "dense", "units": 3}, {"kind": "dense", "units": 2}]}
SMALL = {"name": "small", "input": {"shape": [5, 8], "type": "uint8", "exp": -8},
         "layers": [{"kind": "dense", "units": 10}, {"kind": "dense", "units": 4}, {"kind": "dense", "units": 3}]}
REFERENCES = [list(range(0, 400, 9)), list(range(0, 40, 4)), [0, 5, 11]]


def spread(count, step, bits):
    return [(i * step + 40000 * 2**bits // 65536) % 2**bits - 2**(bits - 1) for i in range(count)]


def layer(places, n, outputs, shift, bits):
    count = n if places == "all" else len(places)
    bias_bits = 16 if bits == 16 else 8
    return {"positions": places, "values": spread(count, 7919, bits), "shift": shift,
            "biases": spread(outputs, 12347, bias_bits), "biasShift": 24 - bias_bits - 4 * (shift - 16 + bits)}


def update_value(places, bits=16, **changes):
    most = 18 - bits
    layers = [layer(p, n, o, s, bits) for p, n, o, s in
              zip(places, (400, 40, 12), (10, 4, 3), (most - 2, most - 1, most))]
    return {"device": "esp32-a1b2c3d4e5f6", "round": 7, "attempt": 2, "examples": 4095, "loss": 2361,
            "heldBack": 120, "correct": 97, "baseHash": "0123456789abcdef", "macs": 5000000000, "valueBits": bits, "layers": layers,
            "description": SMALL, "references": REFERENCES, **changes}


WIDE = {"name": "wide", "input": {"shape": [7], "type": "uint8", "exp": -8},
        "layers": [{"kind": "dense", "units": 151}, {"kind": "dense", "units": 2}]}
WEIGHTS = [i % 10 - 5 for i in range(1057)]
CHANGED = {3: 32767, 4: -32768, 5: 9, 900: -9, 1023: 7, **{i: i % 13 + 20 for i in range(1025, 1056)}}
PARAMETERS = [[WEIGHTS, [i * i for i in range(151)]], [[1, 2] * 151, [-(2**28), 2**31 - 1]]]
NEXT = [[[CHANGED.get(i, w) for i, w in enumerate(WEIGHTS)], [i * i - 4000 + 57 * i for i in range(151)]],
        [[1, 2] * 151, [2**28, -(2**31)]]]


NEAR = sorted(set(REFERENCES[0]) - {0, 99, 306} | {1, 200, 398})
CROSSED = [i for i in range(400) if i % 40 in (3, 4, 17, 30) and i // 40 in (1, 2, 6) or i in (0, 399, 205)]
ROWS = [49, 53, 64, 65, 70, 230, 250, 255, 273, 274, 314, 321, 323, 325, 328, 330, 334, 335, 338, 340, 342, 343, 350, 351, 352,
        355, 356, 366, 380, 397]
HALF = [i for i in range(40) if i * i % 7 in (1, 2) or i == 39]
CASES = [
    ("a plan with a list", "plan", plan, PLAN),
    ("a plan with a threshold", "plan", plan, {**PLAN, "cohort": THRESHOLD, "method": DENSE, "deadlineMs": 0}),
    ("a plan for live windows", "plan", plan, {**PLAN, "windows": 4022250974}),
    ("a deal", "deal", deal, {"deal": 4294967295, "parts": 20, "longestBytes": 131040}),
    ("a board that asks", "enrol", enrol, {"deal": 3735928559, "roomBytes": 131040}),
    ("a part", "shard", shard,
     {"device": "esp32-a1b2c3d4e5f6", "deal": 3735928559, "outcome": "dealt", "part": 19, "parts": 20, "bytes": 5,
      "crc": zlib.crc32(bytes([70, 76, 68, 49, 255])), "fld": [70, 76, 68, 49, 255]}),
    ("no part left", "shard", shard,
     {"device": "a", "deal": 1, "outcome": "none left", "part": 0, "parts": 4294967295, "bytes": 0, "crc": 0, "fld": []}),
    ("a part that does not fit", "shard", shard,
     {"device": "a", "deal": 1, "outcome": "too long", "part": 0, "parts": 3, "bytes": 4294967295, "crc": 0, "fld": []}),
    ("how windows are cut", "windows", windows,
     {"steps": 64, "channels": 3, "stride": 32, "hertz": 50, "classes": 3, "least": 20}),
    ("how they are normalised, too", "windows", windows,
     {"steps": 1020, "channels": 2, "stride": 1020, "hertz": 1000, "classes": 255, "least": 65535,
      "normals": [{"offset": -32768, "mantissa": 1, "shift": 24}, {"offset": 32767, "mantissa": 16383, "shift": 0}]}),
    ("moments of both signs", "moments", moments,
     {"device": "esp32-a1b2c3d4e5f6",
      "channels": [{"count": 4194304, "sum": -137438953472, "squares": 4503599627370496},
                   {"count": 4194304, "sum": 137434759168, "squares": 137434759168},
                   {"count": 4194304, "sum": -1, "squares": 5}]}),
    ("a label for a while", "label", label, {"device": "esp32-a1b2c3d4e5f6", "label": 254, "seconds": 65535}),
    ("no label any more", "label", label, {"device": "a", "seconds": 0}),
    ("what a model sees", "prediction", prediction,
     {"label": 254, "percent": 97, "windows": 4294967295, "modelHash": "0123456789abcdef"}),
    ("a board that is ready", "status", status,
     {"state": "ready", "round": 0, "firmware": 65539, "board": "esp32", "freeBytes": 123456, "examples": 480,
      "modelHash": "fedcba9876543210"}),
    ("a will", "status", status,
     {"state": "gone", "round": 0, "firmware": 0, "board": "esp32-s3-psram8", "freeBytes": 0, "examples": 0,
      "modelHash": "0000000000000000"}),
    ("accepted", "verdict", verdict,
     {"update": 4294967294, "round": 4294967295, "attempt": 65535, "kind": "accepted"}),
    ("too malformed to tell the round", "verdict", verdict,
     {"update": 0, "round": 0, "attempt": 0, "kind": "malformed"}),
    ("more multiply-accumulates than 32 bits hold", "metrics", metrics,
     {"round": 7, "attempt": 2, "trainMs": 81000, "slices": 1620, "macs": 9007199254740991, "bytesUp": 2344,
      "bytesDown": 92000, "reconnects": 1, "heapBytes": 143360, "freeBytes": 70000, "chunkBytes": 78000,
      "slots": 2411, "millijoules": 40500, "longestSliceMs": 61, "reset": "brownout", "rssi": -67}),
    ("signed firmware", "firmware", firmware,
     {"target": "m5stickc-plus-2", "version": 66051, "imageBytes": 4294967295, "digest": list(range(32)),
      "signature": list(range(255, 191, -1))}),
    ("a part of an image", "image", image, {"version": 66051, "part": 99999, "payload": [1, 2, 255]}),
    ("a model", "model", model,
     {"description": TINY, "exponents": [{"weightExp": -13, "outputExp": -5}, {"weightExp": -12, "outputExp": 0}],
      "parameters": [[[-32768, 32767, 0, 1, -1, 256, 2, 3, 4], [2**28, -(2**28), 0]],
                     [[5, 6, 7, 8, 9, 10], [-1, 1]]]}),
    ("what changed in two layers", "delta", delta,
     {"description": WIDE, "exponents": [{"weightExp": -13, "outputExp": -5}, {"weightExp": -12, "outputExp": 0}],
      "parameters": PARAMETERS, "next": NEXT, "baseHash": "fedcba9876543210", "nextHash": "0123456789abcdef"}),
    ("all weights", "update", update, update_value(["all", "all", "all"])),
    ("gaps and bitmaps", "update", update, update_value([[5, 6, 130, 399], HALF, [i for i in range(12) if i != 7]])),
    ("the complement", "update", update,
     update_value([[i for i in range(400) if i not in (7, 200, 399)], "all", [2]])),
    ("a change from the reference, and none", "update", update,
     update_value([NEAR, REFERENCES[1], [11]], examples=1, loss=0, heldBack=0, correct=0, macs=0)),
    ("full rows and columns", "update", update, update_value([CROSSED, "all", [2]])),
    ("some rows, without order in them", "update", update, update_value([ROWS, "all", [2]])),
    ("nearly all, missing in rows and columns", "update", update,
     update_value([[i for i in range(400) if i not in CROSSED], "all", "all"])),
    ("values of 8 bits", "update", update, update_value([[5, 6, 130, 399], "all", [2]], bits=8)),
    ("values of 4 bits, two to a byte", "update", update,
     update_value([[5, 6, 130, 131, 399], "all", []], bits=4)),
]

cases = [{"name": name, "kind": kind, "value": value, "hex": make(value).hex()} for name, kind, make, value in CASES]
print("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]")
