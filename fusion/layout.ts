/**
 * How one track and one detection lie in flat Float64Arrays: one record a slot, so that a snapshot
 * is one copy and nothing is allocated in the loop. All instants are monotonic milliseconds.
 */

/** Most tracks at any time; the least likely one goes first when the table is full. */
export const TRACK_LIMIT = 512;
/** Most detections of one frame that the core has room for. */
export const DETECTION_LIMIT = 512;
/** Most observations taken from one frame of one sensor of a site, nearest first (fault F07). */
export const OBSERVATION_LIMIT = 256;
/** Most sensors of one site. */
export const SENSOR_LIMIT = 32;
/** Number of road-user classes, `unknown` included, in the order of `roadUserClasses`. */
export const CLASS_COUNT = 8;

/**
 * Numbers in the state of one mode. Vehicle layout: east m, north m, heading rad, speed m/s,
 * yaw rate rad/s, acceleration m/s². Free layout: east m, north m, east m/s, north m/s, 0, 0.
 */
export const STATE = 6;
/** Numbers in one covariance, row-major. */
export const COVARIANCE = STATE * STATE;
/** Quiet and manoeuvring. */
export const MODES = 2;

/** Layouts of the state. */
export const FREE = 0;
export const VEHICLE = 1;

/** Offsets in a track's record. */
export const T_TIME = 0;
export const T_STATE = 1;
export const T_COVARIANCE = T_STATE + MODES * STATE;
export const T_MODE = T_COVARIANCE + MODES * COVARIANCE;
export const T_LAYOUT = T_MODE + MODES;
/** Instant of the first detection, and sensor × 1024 + index of it: together the birth key. */
export const T_BORN = T_LAYOUT + 1;
export const T_BORN_INDEX = T_BORN + 1;
/** Log-odds of existence. */
export const T_EXISTENCE = T_BORN_INDEX + 1;
/** Strong hits so far. */
export const T_HITS = T_EXISTENCE + 1;
export const T_HIT_MS = T_HITS + 1;
/** Instant of the last strong hit. */
export const T_STRONG_MS = T_HIT_MS + 1;
export const T_RECEIVED_MS = T_STRONG_MS + 1;
/** Newest frame since the last hit that should have seen it and did not; 0 for none. */
export const T_MISSED_MS = T_RECEIVED_MS + 1;
/** Newest frame since the last hit in which something stood before it; 0 for none. */
export const T_OCCLUDED_MS = T_MISSED_MS + 1;
/** When it was first worth publishing; 0 before. */
export const T_CONFIRMED_MS = T_OCCLUDED_MS + 1;
/** Class told outside, and the log-weights of all classes. */
export const T_CLASS = T_CONFIRMED_MS + 1;
export const T_CLASS_LOG = T_CLASS + 1;
/** Length, width, height in metres, then the weight of evidence behind each. */
export const T_SIZE = T_CLASS_LOG + CLASS_COUNT;
export const T_SIZE_WEIGHT = T_SIZE + 3;
/** Evidence that the heading points forward: positive forward, negative backward. */
export const T_HEADING_VOTE = T_SIZE_WEIGHT + 3;
/** Heading of the box in free layout; NaN while not measured. */
export const T_BOX_HEADING = T_HEADING_VOTE + 1;
/** Since when it stands; 0 while it moves. */
export const T_STANDING_MS = T_BOX_HEADING + 1;
/** Birth key of a track that looks the same, and since when. */
export const T_TWIN_BORN = T_STANDING_MS + 1;
export const T_TWIN_INDEX = T_TWIN_BORN + 1;
export const T_TWIN_MS = T_TWIN_INDEX + 1;
/** 1 once it was surely seen to move. */
export const T_MOVED = T_TWIN_MS + 1;
/** Strong hits by sensors whose echoes of standing things can be believed (all but radar). */
export const T_SOLID_HITS = T_MOVED + 1;
/** Where it was born, m. */
export const T_BORN_X = T_SOLID_HITS + 1;
export const T_BORN_Y = T_BORN_X + 1;
/** Normalised innovation squared and number of measured values of the last update. */
export const T_INNOVATION = T_BORN_Y + 1;
export const T_INNOVATION_SIZE = T_INNOVATION + 1;
/** Instant of the last frame of each sensor that updated it; 0 for none. */
export const T_SENSOR_MS = T_INNOVATION_SIZE + 1;
/** The device's own track id at each sensor, hashed; 0 for none. */
export const T_DEVICE = T_SENSOR_MS + SENSOR_LIMIT;
export const TRACK_RECORD = T_DEVICE + SENSOR_LIMIT;

/** Kinds of velocity in a detection. */
export const NO_VELOCITY = 0;
export const RANGE_RATE = 1;
export const FULL_VELOCITY = 2;

/** Codes of reference points. */
export const REF_CENTRE = 0;
export const REF_NEAREST_EDGE = 1;
export const REF_NEAREST_CORNER = 2;
export const REF_FRONT = 3;
export const REF_REAR = 4;
export const REF_BOTTOM_CENTRE = 5;
export const REF_UNKNOWN = 6;

/** Offsets in a detection's record; positions and velocities are in the site frame. */
export const D_TIME = 0;
export const D_X = 1;
export const D_Y = 2;
/** East velocity or range rate, then north velocity. */
export const D_VELOCITY = 3;
export const D_VELOCITY_KIND = 5;
/** 4 × 4 covariance of (x, y, velocity), row-major; what is not measured is 0. */
export const D_COVARIANCE = 6;
/** Unit vector from the sensor to the detection, and the range. */
export const D_RAY_X = 22;
export const D_RAY_Y = 23;
export const D_RANGE = 24;
/** Heading of the box and its variance; variance 0 for none. */
export const D_HEADING = 25;
export const D_HEADING_VARIANCE = 26;
export const D_HEADING_AMBIGUOUS = 27;
/** Length, width, height; 0 for not measured. */
export const D_SIZE = 28;
export const D_REFERENCE = 31;
export const D_QUALITY = 32;
export const D_DEVICE = 33;
export const D_CLASS = 34;
export const DETECTION_RECORD = D_CLASS + CLASS_COUNT;

/** Offsets in a track's moment-matched estimate. */
export const E_X = 0;
export const E_Y = 1;
export const E_VX = 2;
export const E_VY = 3;
/** 4 × 4 covariance of (x, y, vx, vy), row-major. */
export const E_COVARIANCE = 4;
export const E_HEADING = 20;
/** Variance of the heading; 0 where there is no heading. */
export const E_HEADING_VARIANCE = 21;
export const E_SPEED = 22;
export const E_YAW_RATE = 23;
export const E_ACCELERATION = 24;
export const ESTIMATE = 25;
