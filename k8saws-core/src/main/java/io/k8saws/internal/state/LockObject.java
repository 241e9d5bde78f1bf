package io.k8saws.internal.state;

import io.k8saws.error.AwsCallException;
import io.k8saws.state.Lock;

/** The lock in the bucket while we hold it: knows the tag of its last write. Not safe to use from several threads. */
final class LockObject {
    static final String KEY = "state/lock.json";

    private final ConditionalObjects objects;
    private final Lock lock;
    private String eTag;
    private long renewals;

    LockObject(ConditionalObjects objects, Lock lock, String eTag) {
        this.objects = objects;
        this.lock = lock;
        this.eTag = eTag;
    }

    /** What it says. */
    Lock lock() {
        return lock;
    }

    /** A lock that nobody holds; keeps its number. */
    static Lock free(Lock lock) {
        return new Lock(lock.fence(), "", 0, "", lock.lease());
    }

    void renew() {
        eTag = objects.put(KEY, StateJson.write(lock, renewals + 1), eTag, "renew the lock");
        renewals++;
    }

    /** Frees it; leaves it alone when its bucket is gone. */
    void release() {
        try {
            objects.put(KEY, StateJson.write(free(lock), renewals), eTag, "release the lock");
        } catch (AwsCallException e) {
            if (!e.code().equals("NoSuchBucket")) {
                throw e;
            }
        }
    }
}
