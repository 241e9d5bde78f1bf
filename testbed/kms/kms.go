package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// Two calls of AWS KMS (API reference, "Encrypt" and "Decrypt"), signed with Signature Version 4. Safe for concurrent use.
type kms struct {
	region   string
	endpoint string
	keys     credentials
}

// The endpoint is found as an SDK finds it (SDKs and tools guide, "Service-specific endpoints").
func newKms(region, endpoint string) *kms {
	endpoint = cmp.Or(endpoint, os.Getenv("AWS_ENDPOINT_URL_KMS"), os.Getenv("AWS_ENDPOINT_URL"), "https://kms."+region+".amazonaws.com")
	return &kms{region: region, endpoint: strings.TrimSuffix(endpoint, "/")}
}

func (k *kms) encrypt(ctx context.Context, key string, plain []byte) ([]byte, error) {
	answer, err := k.call(ctx, "Encrypt", message{KeyId: key, Plaintext: plain})
	return answer.CiphertextBlob, err
}

// decrypt names the key, which the real plug-in leaves to the ciphertext: the emulator asks for a right on all keys when none is named.
func (k *kms) decrypt(ctx context.Context, key string, sealed []byte) ([]byte, error) {
	answer, err := k.call(ctx, "Decrypt", message{KeyId: key, CiphertextBlob: sealed})
	return answer.Plaintext, err
}

// What goes there and comes back; bytes are base 64 in JSON, there as here.
type message struct {
	KeyId          string `json:",omitempty"`
	Plaintext      []byte `json:",omitempty"`
	CiphertextBlob []byte `json:",omitempty"`
}

func (k *kms) call(ctx context.Context, action string, sent message) (message, error) {
	var answer message
	keys, err := k.keys.get(ctx)
	if err != nil {
		return answer, err
	}
	body, err := json.Marshal(sent)
	if err != nil {
		return answer, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, k.endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "TrentService."+action)
	sign(request, body, keys, k.region, time.Now().UTC())
	text, err := fetch(request)
	if err != nil {
		return answer, fmt.Errorf("ask KMS to %s: %w", action, err)
	}
	return answer, json.Unmarshal(text, &answer)
}

// fetch returns the body of an answer that is well.
func fetch(request *http.Request) ([]byte, error) {
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	return text, err
}

// sign signs all headers (IAM user guide, "Create a signed AWS API request"). The path is / and there is no query.
func sign(request *http.Request, body []byte, keys keys, region string, now time.Time) {
	stamp := now.Format("20060102T150405Z")
	request.Header.Set("X-Amz-Date", stamp)
	names := []string{"content-type", "host", "x-amz-date"}
	if keys.Token != "" {
		request.Header.Set("X-Amz-Security-Token", keys.Token)
		names = append(names, "x-amz-security-token")
	}
	names = append(names, "x-amz-target")
	canonical := "POST\n/\n\n"
	for _, name := range names {
		value := request.Header.Get(name)
		if name == "host" {
			value = request.URL.Host
		}
		canonical += name + ":" + value + "\n"
	}
	signed := strings.Join(names, ";")
	canonical += "\n" + signed + "\n" + digest(body)
	scope := stamp[:8] + "/" + region + "/kms/aws4_request"
	key := []byte("AWS4" + keys.SecretAccessKey)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	signature := mac(key, "AWS4-HMAC-SHA256\n"+stamp+"\n"+scope+"\n"+digest([]byte(canonical)))
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+keys.AccessKeyId+"/"+scope+", SignedHeaders="+signed+", Signature="+hex.EncodeToString(signature))
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(text))
	return hash.Sum(nil)
}
