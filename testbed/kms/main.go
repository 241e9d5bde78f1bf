// A stand-in for the plug-in of the project aws-encryption-provider, for tests: it speaks KMS version 2 with an API server and AWS KMS's API with an emulator. Of the real one
// it has the name, the flags that the library's unit gives, what it answers and where it listens; nothing of its code.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"
	kmsapi "k8s.io/kms/apis/v2"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	key := flag.String("key", "", "`ARN` of the key")
	region := flag.String("region", "us-east-1", "its `region`")
	listen := flag.String("listen", "/var/run/kmsplugin/socket.sock", "the `socket` for the API server")
	health := flag.String("health-port", ":8080", "the `address` of /healthz")
	endpoint := flag.String("kms-endpoint", "", "the `URL` of KMS, else that of the environment, else AWS's own")
	flag.Usage = func() {
		fmt.Println("A stand-in for aws-encryption-provider, for tests.")
		flag.CommandLine.SetOutput(os.Stdout)
		flag.PrintDefaults()
	}
	flag.Parse()
	if *key == "" || flag.NArg() > 0 {
		return errors.New("start the stand-in for aws-encryption-provider: it wants --key and nothing but flags")
	}

	p := &plugin{key: *key, kms: newKms(*region, *endpoint)}
	// What a killed one has left behind.
	if err := os.Remove(*listen); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	socket, err := net.Listen("unix", *listen)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	kmsapi.RegisterKeyManagementServiceServer(server, p)
	http.HandleFunc("/healthz", p.serveHealth)
	ended := make(chan error, 2)
	go func() { ended <- server.Serve(socket) }()
	go func() { ended <- http.ListenAndServe(*health, nil) }()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	log.Printf("asks %s for %s", p.kms.endpoint, *key)
	select {
	case err := <-ended:
		return err
	case <-signals:
		server.Stop()
		return nil
	}
}

// The version of what it writes; the real plug-in has this byte before each of KMS's ciphertexts.
const storageVersion = '2'

type plugin struct {
	kmsapi.UnimplementedKeyManagementServiceServer
	key string
	kms *kms
}

// health encrypts and decrypts anew each time; the real one remembers for a while.
func (p *plugin) health(ctx context.Context) error {
	sealed, err := p.kms.encrypt(ctx, p.key, []byte("health"))
	if err == nil {
		_, err = p.kms.decrypt(ctx, p.key, sealed)
	}
	if err != nil {
		log.Printf("health check: %v", err)
	}
	return err
}

func (p *plugin) serveHealth(answer http.ResponseWriter, request *http.Request) {
	if err := p.health(request.Context()); err != nil {
		http.Error(answer, err.Error(), http.StatusInternalServerError)
	}
}

func (p *plugin) Status(ctx context.Context, _ *kmsapi.StatusRequest) (*kmsapi.StatusResponse, error) {
	status := "ok"
	if p.health(ctx) != nil {
		status = "err"
	}
	return &kmsapi.StatusResponse{Version: "v2beta1", Healthz: status, KeyId: p.key}, nil
}

func (p *plugin) Encrypt(ctx context.Context, request *kmsapi.EncryptRequest) (*kmsapi.EncryptResponse, error) {
	sealed, err := p.kms.encrypt(ctx, p.key, request.Plaintext)
	if err != nil {
		return nil, logged("encrypt", err)
	}
	return &kmsapi.EncryptResponse{Ciphertext: append([]byte{storageVersion}, sealed...), KeyId: p.key}, nil
}

func (p *plugin) Decrypt(ctx context.Context, request *kmsapi.DecryptRequest) (*kmsapi.DecryptResponse, error) {
	if len(request.Ciphertext) == 0 || request.Ciphertext[0] != storageVersion {
		return nil, logged("decrypt", errors.New("it was not encrypted by this plug-in"))
	}
	plain, err := p.kms.decrypt(ctx, p.key, request.Ciphertext[1:])
	if err != nil {
		return nil, logged("decrypt", err)
	}
	return &kmsapi.DecryptResponse{Plaintext: plain}, nil
}

func logged(tried string, err error) error {
	err = fmt.Errorf("failed to %s: %w", tried, err)
	log.Print(err)
	return err
}
